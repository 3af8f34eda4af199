import type { Family } from '../walk.ts';

const credentials = { client_id: 'app', client_secret: 'app-secret' };

export const questions: Family = {
  userinfo: async (talk) => {
    const { access_token, refresh_token, id_token } = await talk.tokens('user45');
    const headers = { authorization: `Bearer ${access_token}` };
    await talk.ask('GET', 'userinfo', { headers });
    await talk.ask('POST', 'userinfo', { method: 'POST', headers });
    await talk.ask('POST, form', 'userinfo', { form: { access_token } });
    await talk.ask('POST, form and header', 'userinfo', { form: { access_token }, headers });
    await talk.ask('in the query', `userinfo?access_token=${access_token}`);
    await talk.ask('nothing', 'userinfo');
    await talk.userinfo('nonsense', 'nonsense');
    await talk.userinfo('a refresh token', refresh_token);
    await talk.userinfo('an ID token', id_token);
    await talk.ask('lower-case scheme', 'userinfo', { headers: { authorization: `bearer ${access_token}` } });
    await talk.ask('another scheme', 'userinfo', { headers: { authorization: 'Basic YTpi' } });
    await talk.ask('from a page', 'userinfo', { headers: { ...headers, origin: 'http://localhost' } });
    await talk.ask('from a foreign page', 'userinfo', { headers: { ...headers, origin: 'http://evil.example' } });
    await talk.ask('PUT', 'userinfo', { method: 'PUT', headers });
  },
  'userinfo without openid': async (talk) => {
    const { access_token } = await talk.tokens('user46', { scope: 'profile' });
    await talk.userinfo('GET', access_token);
  },
  'signed userinfo': async (talk) => {
    const asking = { client: 'signed-userinfo', secret: 'app-secret' };
    const { access_token } = await talk.tokens('user47', {}, asking);
    await talk.userinfo('GET', access_token);
  },
  'userinfo of a service account': async (talk) => {
    const answer = await talk.token('', { grant_type: 'client_credentials', scope: 'openid' });
    await talk.userinfo('GET', (JSON.parse(answer.text) as { access_token: string }).access_token);
  },
  introspection: async (talk) => {
    const { access_token, refresh_token, id_token } = await talk.tokens('user48', { scope: 'openid email' });
    await talk.introspect('access token', access_token);
    await talk.introspect('refresh token', refresh_token);
    await talk.introspect('ID token', id_token);
    await talk.introspect('nonsense', 'nonsense');
    await talk.introspect('asked by a client that is no audience', access_token, { client: 'narrow', secret: 'app-secret' });
    await talk.introspect('wrong secret', access_token, { client: 'app', secret: 'wrong' });
    await talk.introspect('public client', access_token, { client: 'public-app' });
    await talk.ask('nothing', 'token/introspect', { form: {} });
    await talk.ask('no token', 'token/introspect', { form: credentials });
    await talk.ask('as a token', 'token/introspect', {
      form: { ...credentials, token: access_token },
      headers: { accept: 'application/jwt' },
    });
    await talk.ask('hint', 'token/introspect', { form: { ...credentials, token: refresh_token, token_type_hint: 'refresh_token' } });
    await talk.ask('wrong hint', 'token/introspect', { form: { ...credentials, token: refresh_token, token_type_hint: 'access_token' } });
    await talk.ask('unknown hint', 'token/introspect', { form: { ...credentials, token: access_token, token_type_hint: 'nonsense' } });
    await talk.ask('GET', 'token/introspect');
    const lightweight = { client: 'lightweight', secret: 'app-secret' };
    const light = await talk.tokens('user48', {}, lightweight);
    await talk.introspect('lightweight token', light.access_token, lightweight);
  },
  'revocation of an access token': async (talk) => {
    const { access_token, refresh_token } = await talk.tokens('user49');
    await talk.ask('revoke', 'revoke', { form: { ...credentials, token: access_token } });
    await talk.introspect('introspection', access_token);
    await talk.userinfo('userinfo', access_token);
    await talk.refresh('refresh', refresh_token);
    await talk.ask('revoke again', 'revoke', { form: { ...credentials, token: access_token } });
  },
  'revocation of a refresh token': async (talk) => {
    const { access_token, refresh_token } = await talk.tokens('user50');
    await talk.ask('revoke', 'revoke', { form: { ...credentials, token: refresh_token, token_type_hint: 'refresh_token' } });
    await talk.introspect('introspection', access_token);
    await talk.introspect('introspection of the refresh token', refresh_token);
    await talk.userinfo('userinfo', access_token);
    await talk.refresh('refresh', refresh_token);
    await talk.ask('revoke again', 'revoke', { form: { ...credentials, token: refresh_token } });
    await talk.authorize('the browser');
  },
  'revocation refused': async (talk) => {
    const { access_token, refresh_token, id_token } = await talk.tokens('user51');
    await talk.ask('no token', 'revoke', { form: credentials });
    await talk.ask('no client', 'revoke', { form: { token: access_token } });
    await talk.ask('nonsense', 'revoke', { form: { ...credentials, token: 'nonsense' } });
    await talk.ask('ID token', 'revoke', { form: { ...credentials, token: id_token } });
    await talk.ask('wrong secret', 'revoke', { form: { client_id: 'app', client_secret: 'wrong', token: access_token } });
    await talk.ask('another client', 'revoke', { form: { client_id: 'public-app', token: refresh_token } });
    await talk.ask('another client, access token', 'revoke', { form: { client_id: 'public-app', token: access_token } });
    await talk.ask('wrong hint', 'revoke', { form: { ...credentials, token: access_token, token_type_hint: 'nonsense' } });
    await talk.ask('GET', 'revoke');
    await talk.userinfo('still good', access_token);
  },
};
