import type { Talk } from '../talk.ts';
import { traceOf } from '../trace/answer.ts';
import type { Family } from '../walk.ts';

/** Members that are compared by being there: texts by chance. */
const SECRETS = ['client_secret', 'secret', 'registration_access_token', 'registrationAccessToken'];
const redirects = { redirect_uris: ['https://a.example/cb'] };

interface Asked {
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly text?: string;
  readonly origin?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Asks an address of client registration, and notes status, body and what pages of other origins are told. */
async function ask(talk: Talk, name: string, method: string, path: string, { token, json, text, origin }: Asked): Promise<Json> {
  const answer = await talk.step('', `/clients-registrations/${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(origin === undefined ? {} : { origin }),
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { json }),
    ...(text === undefined ? {} : { body: text }),
  });
  const body = (answer.text === '' ? {} : JSON.parse(answer.text)) as Json;
  const shown = Object.fromEntries(Object.entries(body).map(([key, value]) => [key, SECRETS.includes(key) ? 'there' : value]));
  const headers = Object.fromEntries(
    Object.entries(answer.headers).filter(([header]) => /^(?:location|content-type|access-control-)/.test(header)),
  );
  if (name !== '')
    talk.trace[name] = traceOf({ ...answer, headers, text: answer.text === '' ? '' : JSON.stringify(shown) }, { base: talk.base });
  return body;
}

async function initial(talk: Talk, wish: object = { count: 50 }): Promise<string> {
  return (JSON.parse((await talk.admin('', 'POST', '/clients-initial-access', wish)).text) as { token: string }).token;
}

export const registration: Family = {
  'clients are registered': async (talk) => {
    const token = await initial(talk);
    const made: Json[] = [];
    for (const [name, more] of Object.entries<Json>({
      'nothing but an address': {},
      'no secret': { token_endpoint_auth_method: 'none' },
      'secret in the form': { token_endpoint_auth_method: 'client_secret_post' },
      'by itself': { grant_types: ['client_credentials'] },
      implicit: { response_types: ['id_token token'] },
      'grants and response types disagree': { grant_types: ['implicit'], response_types: ['code'] },
      'keys of its own': { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://a.example/jwks' },
      'scopes of its own': { scope: 'email phone' },
      'much of it': {
        client_name: 'Much',
        client_uri: 'https://a.example/',
        id_token_signed_response_alg: 'ES256',
        userinfo_signed_response_alg: 'RS256',
        request_uris: ['https://a.example/r'],
        post_logout_redirect_uris: ['https://a.example/out'],
        frontchannel_logout_uri: 'https://a.example/fl',
        require_pushed_authorization_requests: true,
        dpop_bound_access_tokens: true,
        contacts: ['x@a.example'],
      },
    })) {
      made.push(await ask(talk, name, 'POST', 'openid-connect', { token, json: { ...redirects, ...more } }));
    }
    for (const one of made) {
      await ask(talk, '', 'DELETE', `openid-connect/${one['client_id']}`, { token: String(one['registration_access_token']) });
    }
  },

  'clients are refused': async (talk) => {
    const token = await initial(talk);
    for (const [name, json] of Object.entries<unknown>({
      'an id': { ...redirects, client_id: 'mine' },
      script: { redirect_uris: ['javascript:alert(1)'] },
      fragment: { redirect_uris: ['https://a.example/#x'] },
      'a text for a list': { redirect_uris: 'https://a.example/' },
      'a list': [],
      'unknown field': { unknown_field: 1 },
      'response type': { ...redirects, response_types: ['nonsense'] },
      'authentication method': { ...redirects, token_endpoint_auth_method: 'nonsense' },
      'keys twice': { ...redirects, jwks: { keys: [] }, jwks_uri: 'https://a.example/jwks' },
      'keys nowhere': { ...redirects, token_endpoint_auth_method: 'private_key_jwt' },
      'unknown scope': { ...redirects, scope: 'nonsense' },
      'openid as scope': { ...redirects, scope: 'openid email' },
      'no address': { ...redirects, client_uri: 'nope' },
      'script as logo': { ...redirects, logo_uri: 'javascript:x' },
      'script after logout': { ...redirects, post_logout_redirect_uris: ['javascript:x'] },
      'back channel': { ...redirects, backchannel_logout_uri: 'nope' },
    })) {
      await ask(talk, name, 'POST', 'openid-connect', { token, json });
    }
    await ask(talk, 'no JSON', 'POST', 'openid-connect', { token, text: '{' });
    await ask(talk, 'no token', 'POST', 'openid-connect', { json: redirects });
    await ask(talk, 'bad token', 'POST', 'openid-connect', { token: 'nonsense', json: redirects });
    await ask(talk, 'foreign page', 'POST', 'openid-connect', { token, json: redirects, origin: 'https://evil.example' });
    await ask(talk, 'GET without an id', 'GET', 'openid-connect', { token });
    await ask(talk, 'no such provider', 'POST', 'nothing', { token, json: {} });
  },

  'what is not here': async (talk) => {
    const token = await initial(talk);
    for (const [name, more] of Object.entries<Json>({
      'pairwise subjects': { subject_type: 'pairwise' },
      'a subject type that is none': { subject_type: 'nonsense' },
      'unknown algorithm': { id_token_signed_response_alg: 'nope' },
      unsigned: { id_token_signed_response_alg: 'none' },
      'a name without end': { client_name: 'x'.repeat(300) },
      'logo and documents': {
        logo_uri: 'https://a.example/logo',
        tos_uri: 'https://a.example/tos',
        policy_uri: 'https://a.example/policy',
      },
    })) {
      const made = await ask(talk, name, 'POST', 'openid-connect', { token, json: { ...redirects, ...more } });
      if (made['client_id'] === undefined) continue;
      await ask(talk, '', 'DELETE', `openid-connect/${made['client_id']}`, { token: String(made['registration_access_token']) });
    }
  },

  'clients manage themselves': async (talk) => {
    const token = await initial(talk, { count: 2, webOrigins: ['https://page.example'] });
    const made = await ask(talk, 'registered from a page', 'POST', 'openid-connect', {
      token,
      json: redirects,
      origin: 'https://page.example',
    });
    const path = `openid-connect/${made['client_id']}`;
    const first = String(made['registration_access_token']);
    await ask(talk, 'read', 'GET', path, { token: first });
    await ask(talk, 'read again', 'GET', path, { token: first });
    await ask(talk, 'initial token', 'GET', path, { token });
    await ask(talk, 'nothing', 'GET', path, {});
    await ask(talk, 'renamed', 'PUT', path, { token: first, json: { client_id: 'other', ...redirects } });
    const json = { ...redirects, client_id: made['client_id'], client_name: 'New' };
    const changed = await ask(talk, 'changed', 'PUT', path, { token: first, json });
    await ask(talk, 'changed with the old token', 'PUT', path, { token: first, json });
    const next = String(changed['registration_access_token']);
    await ask(talk, 'another form', 'GET', `default/${made['client_id']}`, { token: next });
    await ask(talk, 'removed with the old token', 'DELETE', path, { token: first });
    await ask(talk, 'removed', 'DELETE', path, { token: next });
    await ask(talk, 'removed again', 'DELETE', path, { token: next });
  },

  'representations of Admin REST': async (talk) => {
    const token = await initial(talk);
    const clientId = 'walk-registered';
    const made = await ask(talk, 'made', 'POST', 'default', { token, json: { clientId, redirectUris: ['https://a.example/*'] } });
    for (const [name, json] of Object.entries<unknown>({
      taken: { clientId },
      'no name': { clientId: '' },
      'unknown field': { unknown: 1 },
      mapper: { protocolMappers: [{ name: 'h', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config: {} }] },
      scope: { defaultClientScopes: ['nonsense'] },
      'no address': { baseUrl: 'nope' },
      'fragment in the root': { rootUrl: 'https://a.example/#x' },
      'script as admin address': { adminUrl: 'javascript:x' },
    })) {
      await ask(talk, name, 'POST', 'default', { token, json });
    }
    const own = String(made['registrationAccessToken']);
    await ask(talk, 'no name in a change', 'PUT', `default/${clientId}`, { token: own, json: { name: 'x' } });
    const changed = await ask(talk, 'changed', 'PUT', `default/${clientId}`, { token: own, json: { clientId, name: 'x' } });
    await ask(talk, 'removed', 'DELETE', `default/${clientId}`, { token: String(changed['registrationAccessToken']) });
  },

  'initial access tokens': async (talk) => {
    const one = await initial(talk, { count: 1 });
    await ask(talk, 'not used up by a refusal', 'POST', 'openid-connect', { token: one, json: { client_id: 'x' } });
    const made = await ask(talk, '', 'POST', 'openid-connect', { token: one, json: redirects });
    await ask(talk, 'used up', 'POST', 'openid-connect', { token: one, json: redirects });
    await ask(talk, '', 'DELETE', `openid-connect/${made['client_id']}`, { token: String(made['registration_access_token']) });
    await talk.admin('count below nothing', 'POST', '/clients-initial-access', { count: -1 });
    await talk.admin('end before the beginning', 'POST', '/clients-initial-access', { expiration: -1 });
    await talk.admin('unknown field', 'POST', '/clients-initial-access', { x: 1 });
    const { id, token } = JSON.parse((await talk.admin('', 'POST', '/clients-initial-access', { count: 2 })).text) as Record<
      string,
      string
    >;
    await talk.admin('taken away', 'DELETE', `/clients-initial-access/${id}`);
    await ask(talk, 'with what was taken away', 'POST', 'openid-connect', { token, json: redirects });
  },
};
