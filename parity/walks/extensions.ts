import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { SIGNING_SECRET } from '../signing-secret.ts';
import type { Talk } from '../talk.ts';
import type { Family, Walk } from '../walk.ts';

const realm = 'parity-extensions';
const walk = (run: Walk['run']): Walk => ({ realm, run });
const PUSH = 'ext/par/request';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const credentials = { client_id: 'app', client_secret: 'app-secret' };
const wish = { ...credentials, redirect_uri: 'http://localhost/callback', response_type: 'code', scope: 'openid' };

async function assert(talk: Talk, name: string, changes: Readonly<Record<string, unknown>>, alg = 'HS256'): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const issuer = `${talk.base}/realms/${realm}`;
  const all = { iss: 'signing', sub: 'signing', aud: issuer, jti: randomUUID(), iat: now, exp: now + 50, ...changes };
  const claims = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const text = await new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(SIGNING_SECRET));
  await use(talk, name, text);
  return text;
}

function use(talk: Talk, name: string, text: string) {
  const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion: text };
  return talk.ask(name, 'token', { form });
}

export const extensions: Family = {
  'pushed requests': walk(async (talk) => {
    await talk.ask('GET', PUSH);
    await talk.ask('a request_uri within', PUSH, { form: { ...wish, request_uri: 'urn:x' } });
    await talk.ask('a foreign redirect_uri', PUSH, { form: { ...wish, redirect_uri: 'http://evil.example/' } });
    await talk.ask('no response_type', PUSH, { form: { ...wish, response_type: undefined } });
    await talk.ask('an unknown response_type', PUSH, { form: { ...wish, response_type: 'foo' } });
    await talk.ask('an unknown scope', PUSH, { form: { ...wish, scope: 'openid nope' } });
    await talk.ask('an unknown response_mode', PUSH, { form: { ...wish, response_mode: 'zz' } });
    await talk.ask('a flow that is switched off', PUSH, { form: { ...wish, response_type: 'token', nonce: 'n' } });
    await talk.ask('a wrong secret', PUSH, { form: { ...wish, client_secret: 'wrong' } });
    await talk.ask('no client', PUSH, { form: { response_type: 'code' } });
    const pushed = await talk.ask('', PUSH, { form: { ...wish, prompt: 'none', state: 'pushed' } });
    const { request_uri } = JSON.parse(pushed.text) as { request_uri: string };
    const query = new URLSearchParams({ client_id: 'app', request_uri, state: 'other' });
    await talk.browse('answer', `/protocol/openid-connect/auth?${query}`);
    await talk.authorize('not pushed, of a client that must', { client_id: 'pushing' });
  }),
  devices: walk(async (talk) => {
    await talk.ask('of a client that may not', 'auth/device', { form: credentials });
    await talk.ask('no client', 'auth/device', { form: { scope: 'openid' } });
    const asked = await talk.ask('', 'auth/device', { form: { client_id: 'device', scope: 'openid' } });
    const { device_code } = JSON.parse(asked.text) as { device_code: string };
    const poll = (name: string, form: Readonly<Record<string, string | undefined>>) =>
      talk.ask(name, 'token', { form: { grant_type: DEVICE_GRANT, client_id: 'device', ...form } });
    await poll('no code', {});
    await poll('an unknown code', { device_code: 'x' });
    await poll('by a client that may not', { ...credentials, device_code });
    await poll('pending', { device_code });
    await poll('too fast', { device_code });
  }),
  assertions: walk(async (talk) => {
    const good = await assert(talk, '', {});
    await use(talk, 'used again', good);
    await use(talk, 'none', 'a.b.c');
    await assert(talk, 'another audience', { aud: 'https://other.example' });
    await assert(talk, 'two audiences', { aud: [`${talk.base}/realms/${realm}`, 'x'] });
    await assert(talk, 'no end', { exp: undefined });
    await assert(talk, 'over', { exp: 1_000_000_000 });
    await assert(talk, 'of the future', { iat: 4_000_000_000, exp: 4_000_000_050 });
    await assert(talk, 'issued long ago', { iat: 1_000_000_000 });
    await assert(talk, 'an end far away', { iat: undefined, exp: 4_000_000_000 });
    await assert(talk, 'no id', { jti: undefined });
    await assert(talk, 'no subject', { sub: undefined });
    await assert(talk, 'of an unknown client', { iss: 'nobody', sub: 'nobody' });
  }),
  proofs: walk(async (talk) => {
    const form = { grant_type: 'password', client_id: 'bound', username: 'user0', password: 'password', scope: 'openid' };
    await talk.ask('no proof', 'token', { form });
    const query = { client_id: 'bound', response_type: 'token', nonce: 'n' };
    await talk.authorize('through the browser', query);
  }),
};
