import type { Family } from '../walk.ts';

const good = { origin: 'http://localhost' };
const evil = { origin: 'http://evil.example' };
const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' };
const credentials = { client_id: 'app', client_secret: 'app-secret' };

export const cors: Family = {
  preflights: async (talk) => {
    for (const endpoint of ['token', 'userinfo', 'token/introspect', 'revoke', 'logout', 'certs', 'auth'])
      await talk.ask(endpoint, endpoint, { method: 'OPTIONS', headers: { ...good, ...preflight } });
    await talk.ask('without origin', 'token', { method: 'OPTIONS' });
    await talk.step('discovery', '/.well-known/openid-configuration', { method: 'OPTIONS', headers: { ...good, ...preflight } });
  },
  token: async (talk) => {
    const form = { ...credentials, grant_type: 'client_credentials' };
    await talk.ask('good origin', 'token', { form, headers: good });
    await talk.ask('foreign origin', 'token', { form, headers: evil });
    await talk.ask('good origin, wrong secret', 'token', { form: { ...form, client_secret: 'wrong' }, headers: good });
    await talk.ask('good origin, bad grant', 'token', { form: { ...form, grant_type: 'nonsense' }, headers: good });
    await talk.ask('good origin, bad refresh token', 'token', {
      form: { ...credentials, grant_type: 'refresh_token', refresh_token: 'x' },
      headers: good,
    });
    await talk.ask('good origin, bad code', 'token', {
      form: { ...credentials, grant_type: 'authorization_code', code: 'x' },
      headers: good,
    });
  },
  others: async (talk) => {
    const { access_token, refresh_token } = await talk.tokens('user59');
    const bearer = { authorization: `Bearer ${access_token}` };
    await talk.ask('userinfo', 'userinfo', { headers: { ...good, ...bearer } });
    await talk.ask('userinfo, nonsense', 'userinfo', { headers: { ...good, authorization: 'Bearer x' } });
    await talk.ask('introspection', 'token/introspect', { form: { ...credentials, token: access_token }, headers: good });
    await talk.ask('revocation', 'revoke', { form: { ...credentials, token: access_token }, headers: good });
    await talk.ask('revocation, foreign', 'revoke', { form: { ...credentials, token: access_token }, headers: evil });
    await talk.ask('logout', 'logout', { form: { ...credentials, refresh_token }, headers: good });
  },
};
