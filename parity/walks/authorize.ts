import { codeOf } from '../talk.ts';
import type { Family } from '../walk.ts';

const modes = ['query', 'fragment', 'form_post'] as const;
const hybrids = ['none', 'id_token', 'token', 'id_token token', 'code id_token', 'code token', 'code id_token token'] as const;

const refusals: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  'no client': { client_id: undefined },
  'unknown client': { client_id: 'nobody' },
  'disabled client': { client_id: 'disabled-client' },
  'bearer-only client': { client_id: 'bearer' },
  'client without the flow': { client_id: 'no-browser' },
  'no redirect URI': { redirect_uri: undefined },
  'wrong redirect URI': { redirect_uri: 'http://evil.example/callback' },
  'no response type': { response_type: undefined },
  'unknown response type': { response_type: 'nonsense' },
  'unknown response mode': { response_mode: 'nonsense' },
  'unknown scope': { scope: 'openid nonsense' },
  'no scope': { scope: undefined },
  'unknown prompt': { prompt: 'nonsense' },
  'prompt none with another': { prompt: 'none login' },
  'max_age no number': { max_age: 'abc' },
  'plain PKCE where S256 is demanded': { client_id: 'spa', code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' },
  'no PKCE where S256 is demanded': { client_id: 'spa', code_challenge: undefined, code_challenge_method: undefined },
  'short code challenge': { code_challenge: 'short' },
  'unknown code challenge method': { code_challenge_method: 'S512' },
  'challenge without method': { code_challenge_method: undefined },
  'method without challenge': { code_challenge: undefined },
  'request object': { request: 'abc' },
  request_uri: { request_uri: 'urn:nothing' },
  registration: { registration: '{}' },
  'implicit where it is off': { response_type: 'token' },
  'query mode for tokens': { client_id: 'implicit', response_type: 'id_token token', response_mode: 'query' },
  'id_token without nonce': { client_id: 'implicit', response_type: 'id_token', nonce: undefined },
  'jwt response mode': { response_mode: 'jwt' },
  'unknown kc_action': { kc_action: 'NOTHING' },
  kc_idp_hint: { kc_idp_hint: 'nothing' },
  ui_locales: { ui_locales: 'de' },
  acr_values: { acr_values: '1' },
  claims: { claims: '{"id_token":{"acr":{"essential":true,"values":["1"]}}}' },
};

export const authorize: Family = {
  ...Object.fromEntries(
    modes.map((mode, index) => [
      `code by ${mode}`,
      async (talk) => {
        await talk.authorize('page', { response_mode: mode });
        const answer = await talk.submit('password', { username: `user${index}`, password: 'password', credentialId: '' });
        if (mode !== 'form_post') await talk.exchange('exchange', codeOf(answer));
      },
    ]),
  ),
  ...Object.fromEntries(
    hybrids.map((type) => [
      `response type ${type}`,
      async (talk) => {
        await talk.authorize('page', { client_id: 'implicit', response_type: type });
        const answer = await talk.submit('password', { username: 'user3', password: 'password', credentialId: '' });
        if (type.includes('code')) await talk.exchange('exchange', codeOf(answer), { client: 'implicit', secret: 'app-secret' });
      },
    ]),
  ),
  refusals: async (talk) => {
    for (const [name, changes] of Object.entries(refusals)) {
      await talk.authorize(name, changes);
      if (name.includes('redirect') || name.includes('client')) continue;
      await talk.authorize(`${name}, fragment`, { response_mode: 'fragment', ...changes });
    }
  },
  'first request': async (talk) => {
    await talk.authorize('without state and nonce', { state: undefined, nonce: undefined });
    await talk.authorize('again in the same browser');
    await talk.authorize('with a hint', { login_hint: 'user4' });
    await talk.authorize('with prompt login', { prompt: 'login' });
    await talk.authorize('with prompt none', { prompt: 'none' });
    await talk.authorize('with prompt create', { prompt: 'create' });
    await talk.authorize('with prompt consent', { prompt: 'consent' });
    await talk.authorize('with max_age 0', { max_age: '0' });
  },
  'posted request': async (talk) => {
    const form = { client_id: 'app', redirect_uri: 'http://localhost/callback', response_type: 'code', scope: 'openid', state: 's' };
    await talk.browse('page', '/protocol/openid-connect/auth', { form });
    await talk.submit('password', { username: 'user5', password: 'password', credentialId: '' });
  },
  'without session state and issuer': async (talk) => {
    await talk.authorize('page', { client_id: 'no-session-state' });
    const answer = await talk.submit('password', { username: 'user6', password: 'password' });
    await talk.exchange('exchange', codeOf(answer), { client: 'no-session-state', secret: 'app-secret' });
  },
  'without openid': async (talk) => {
    const code = await talk.login('user7', { scope: 'profile' });
    await talk.exchange('exchange', code);
  },
  'optional scopes': async (talk) => {
    await talk.exchange('address and phone', await talk.login('user8', { scope: 'openid address phone microprofile-jwt' }));
    await talk.exchange('organization', await talk.login('user9', { scope: 'openid organization' }));
  },
};
