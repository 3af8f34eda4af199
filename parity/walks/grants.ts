import { type Asking, app } from '../talk.ts';
import type { Family } from '../walk.ts';

const basic = (text: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const nobody: Asking = { client: '' };
const password = { grant_type: 'password', username: 'user30', password: 'password' };

export const grants: Family = {
  'client credentials': async (talk) => {
    await talk.token('post', { grant_type: 'client_credentials' });
    await talk.ask('basic', 'token', { form: { grant_type: 'client_credentials' }, headers: basic('app:app-secret') });
    await talk.token('openid', { grant_type: 'client_credentials', scope: 'openid' });
    await talk.token('wrong secret', { grant_type: 'client_credentials' }, { client: 'app', secret: 'wrong' });
    await talk.token('no secret', { grant_type: 'client_credentials' }, { client: 'app' });
    await talk.token('unknown client', { grant_type: 'client_credentials' }, { client: 'nobody', secret: 'x' });
    await talk.token('public client', { grant_type: 'client_credentials' }, { client: 'public-app' });
    await talk.token('no service account', { grant_type: 'client_credentials' }, { client: 'no-password', secret: 'app-secret' });
    await talk.token('disabled client', { grant_type: 'client_credentials' }, { client: 'disabled-client', secret: 'app-secret' });
    await talk.token('with refresh token', { grant_type: 'client_credentials' }, { client: 'service-refresh', secret: 'app-secret' });
    await talk.token('unknown scope', { grant_type: 'client_credentials', scope: 'nonsense' });
    await talk.ask('basic, wrong secret', 'token', { form: { grant_type: 'client_credentials' }, headers: basic('app:wrong') });
    await talk.ask('basic, no colon', 'token', { form: { grant_type: 'client_credentials' }, headers: basic('app') });
    await talk.ask('basic, nonsense', 'token', { form: { grant_type: 'client_credentials' }, headers: { authorization: 'Basic %%%' } });
    await talk.ask('nothing', 'token', { form: { grant_type: 'client_credentials' } });
  },
  password: async (talk) => {
    await talk.token('plain', password);
    await talk.token('openid', { ...password, scope: 'openid' });
    await talk.token('public client', { ...password, scope: 'openid' }, { client: 'public-app' });
    await talk.token('wrong password', { ...password, password: 'wrong' });
    await talk.token('unknown user', { ...password, username: 'nobody' });
    await talk.token('disabled user', { ...password, username: 'disabled' });
    await talk.token('disabled user, wrong password', { ...password, username: 'disabled', password: 'wrong' });
    await talk.token('no user name', { ...password, username: undefined });
    await talk.token('no password', { ...password, password: undefined });
    await talk.token('switched off', password, { client: 'no-password', secret: 'app-secret' });
    await talk.token('unknown scope', { ...password, scope: 'openid nonsense' });
    await talk.token('bearer-only client', password, { client: 'bearer', secret: 'app-secret' });
  },
  'bad requests': async (talk) => {
    await talk.token('no grant type', {});
    await talk.token('unknown grant type', { grant_type: 'nonsense' });
    await talk.token('no client', password, nobody);
    await talk.ask('GET', 'token');
    await talk.ask('no body', 'token', { method: 'POST' });
    await talk.ask('JSON', 'token', { json: password });
    await talk.ask('client in header and body differ', 'token', {
      form: { ...password, client_id: 'public-app' },
      headers: basic('app:app-secret'),
    });
    for (const grant of [
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:openid:params:grant-type:ciba',
      'urn:ietf:params:oauth:grant-type:uma-ticket',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ])
      await talk.token(grant, { grant_type: grant });
  },
  'code that fails': async (talk) => {
    const bad = (changes: Record<string, string | undefined>, asking: Asking = app) => [changes, asking] as const;
    const cases = {
      'no code': bad({ code: undefined }),
      'unknown code': bad({ code: 'nonsense' }),
      'code in the right form': bad({
        code: '00000000-0000-4000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAA.00000000-0000-4000-8000-000000000001',
      }),
      'no redirect URI': bad({ redirect_uri: undefined }),
      'wrong redirect URI': bad({ redirect_uri: 'http://localhost/other' }),
      'no verifier': bad({ code_verifier: undefined }),
      'short verifier': bad({ code_verifier: 'short' }),
      'wrong verifier': bad({ code_verifier: 'x'.repeat(60) }),
      'another client': bad({}, { client: 'public-app' }),
      'wrong secret': bad({}, { client: 'app', secret: 'wrong' }),
    };
    for (const [name, [changes, asking]] of Object.entries(cases)) {
      const code = await talk.login('user31');
      await talk.exchange(name, code, asking, changes);
      await talk.exchange(`${name}, then right`, code);
    }
    const unchallenged = await talk.login('user31', { code_challenge: undefined, code_challenge_method: undefined });
    await talk.exchange('verifier without challenge', unchallenged);
  },
  'code twice': async (talk) => {
    const code = await talk.login('user32');
    const tokens = JSON.parse((await talk.exchange('first', code)).text) as { access_token: string; refresh_token: string };
    await talk.exchange('second', code);
    await talk.refresh('refresh after it', tokens.refresh_token);
    await talk.userinfo('userinfo after it', tokens.access_token);
    await talk.introspect('introspection after it', tokens.access_token);
    await talk.authorize('the browser after it');
  },
  'kinds of clients': async (talk) => {
    for (const client of ['lightweight', 'no-refresh', 'at-jwt', 'brief', 'consenting-none']) {
      const asking = { client, secret: 'app-secret' };
      await talk.exchange(client, await talk.login('user33', { client_id: client }), asking);
      await talk.token(`${client}, password`, { ...password, scope: 'openid', username: 'user33' }, asking);
    }
  },
};
