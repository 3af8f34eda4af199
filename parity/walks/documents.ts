import type { Family } from '../walk.ts';

export const documents: Family = {
  discovery: async (talk) => {
    await talk.step('GET', '/.well-known/openid-configuration');
    await talk.step('HEAD', '/.well-known/openid-configuration', { method: 'HEAD' });
    await talk.step('from a page', '/.well-known/openid-configuration', { headers: { origin: 'http://anywhere.example' } });
    await talk.step('POST', '/.well-known/openid-configuration', { method: 'POST' });
    await talk.step('unknown document', '/.well-known/nothing');
  },
  keys: async (talk) => {
    await talk.ask('GET', 'certs');
    await talk.ask('from a page', 'certs', { headers: { origin: 'http://anywhere.example' } });
    await talk.ask('POST', 'certs', { method: 'POST' });
  },
  'realm info': async (talk) => {
    await talk.step('GET', '');
    await talk.step('with a slash', '/');
    await talk.step('from a page', '', { headers: { origin: 'http://anywhere.example' } });
    await talk.step('unknown realm', `${talk.base}/realms/nowhere`);
    await talk.step('unknown realm, JSON wanted', `${talk.base}/realms/nowhere`, { headers: { accept: 'application/json' } });
    await talk.step('unknown realm, discovery', `${talk.base}/realms/nowhere/.well-known/openid-configuration`);
    await talk.step('unknown realm, authorization', `${talk.base}/realms/nowhere/protocol/openid-connect/auth`);
  },
  'disabled realm': {
    realm: 'parity-disabled',
    run: async (talk) => {
      await talk.step('info', '');
      await talk.step('discovery', '/.well-known/openid-configuration');
      await talk.ask('keys', 'certs');
      await talk.authorize('authorization');
      await talk.token('password grant', { grant_type: 'password', username: 'user0', password: 'password' });
    },
  },
  'unknown paths': async (talk) => {
    await talk.step('under the realm', '/nothing/here');
    await talk.ask('under the protocol', 'nothing');
    await talk.step('unknown protocol', '/protocol/nothing/auth');
    await talk.step('at the root', `${talk.base}/nothing`);
    await talk.step('at the root, HTML wanted', `${talk.base}/nothing`, { headers: { accept: 'text/html' } });
    await talk.step('at the root, JSON wanted', `${talk.base}/nothing`, { headers: { accept: 'application/json' } });
  },
  'iframe of the session': async (talk) => {
    await talk.ask('page', 'login-status-iframe.html');
    await talk.ask('init', 'login-status-iframe.html/init?client_id=app&origin=http%3A%2F%2Flocalhost');
    await talk.ask('init, foreign origin', 'login-status-iframe.html/init?client_id=app&origin=http%3A%2F%2Fevil.example');
    await talk.ask('init, unknown client', 'login-status-iframe.html/init?client_id=nobody&origin=http%3A%2F%2Flocalhost');
    await talk.ask('init, nothing', 'login-status-iframe.html/init');
  },
  'third-party cookies': async (talk) => {
    await talk.browse('step 1', '/protocol/openid-connect/3p-cookies/step1.html');
    await talk.browse('step 2', '/protocol/openid-connect/3p-cookies/step2.html');
  },
};
