import type { BadCase, Endpoint, Fault, Material } from '../case.ts';
import { tampered } from '../material.ts';

// Cases that fill the remaining cells of the matrix: the same small fault at every endpoint that could meet it.

const oidc = (name: string): string => `/realms/test/protocol/openid-connect/${name}`;
const app = 'client_id=app&client_secret=app-secret';
const formType = { 'content-type': 'application/x-www-form-urlencoded' } as const;
const script = '<script>alert(1)</script>';

const bodyCase = (
  endpoint: Endpoint,
  fault: Fault,
  name: string,
  path: string,
  body: (material: Material) => string,
  headers: Readonly<Record<string, string>> = formType,
): BadCase => ({
  endpoint,
  fault,
  name,
  request: (material) => ({ path: oidc(path), method: 'POST', body: body(material), headers }),
});

const formEndpoints: readonly (readonly [Endpoint, string, string])[] = [
  ['token: code', 'token', 'grant_type=authorization_code&code='],
  ['token: refresh', 'token', 'grant_type=refresh_token&refresh_token='],
  ['introspect', 'token/introspect', 'token='],
  ['revoke', 'revoke', 'token='],
  ['logout', 'logout', 'refresh_token='],
];

const everywhere: readonly BadCase[] = formEndpoints.flatMap(([endpoint, path, prefix]) => [
  bodyCase(endpoint, 'wrong encoding', 'a broken percent escape in the token', path, () => `${app}&${prefix}%E0%A4%A`),
  bodyCase(endpoint, 'wrong encoding', 'a zero byte in the token', path, () => `${app}&${prefix}a%00b`),
  bodyCase(endpoint, 'bad JSON', 'JSON where a form belongs', path, () => '{"token":"x"}', { 'content-type': 'application/json' }),
  bodyCase(endpoint, 'script in a value', 'a script as the token', path, () => `${app}&${prefix}${encodeURIComponent(script)}`),
  bodyCase(endpoint, 'oversized value', 'a token of 30,000 characters', path, () => `${app}&${prefix}${'x'.repeat(30_000)}`),
  bodyCase(endpoint, 'doubled parameter', 'the token twice', path, () => `${app}&${prefix}a&${prefix.split('&').at(-1) ?? ''}b`),
  bodyCase(endpoint, 'unknown object', 'an unknown client that gives a secret', path, () => `client_id=nobody&client_secret=x&${prefix}a`),
]);

const adminGet = (endpoint: Endpoint, fault: Fault, name: string, path: string): BadCase => ({
  endpoint,
  fault,
  name,
  request: (material) => ({ path: `/admin${path}`, headers: { authorization: `Bearer ${material.adminToken}` } }),
});

const adminPost = (endpoint: Endpoint, fault: Fault, name: string, path: string, json: unknown): BadCase => ({
  endpoint,
  fault,
  name,
  request: (material) => ({ path: `/admin${path}`, json, headers: { authorization: `Bearer ${material.adminToken}` } }),
});

const login = { client_id: 'app', redirect_uri: 'http://localhost/callback', response_type: 'code', scope: 'openid' } as const;

/** The remaining cells. */
export const edgeCases: readonly BadCase[] = [
  ...everywhere,
  {
    endpoint: 'auth',
    fault: 'forged token',
    name: 'a forged identity cookie with prompt=none',
    request: (material) => ({
      path: `${oidc('auth')}?${new URLSearchParams({ ...login, prompt: 'none' })}`,
      headers: { cookie: `KEYCLOAK_IDENTITY=${material.refreshToken}; KEYCLOAK_SESSION=x` },
    }),
  },
  {
    endpoint: 'auth',
    fault: 'expired',
    name: 'cookies of an authentication session that never was',
    request: () => ({
      path: `${oidc('auth')}?${new URLSearchParams(login)}`,
      headers: { cookie: 'AUTH_SESSION_ID=bm90aGluZw.n1; KC_RESTART=x' },
    }),
  },
  {
    endpoint: 'login-actions',
    fault: 'expired',
    name: 'a form whose authentication session is gone',
    request: async (material) => ({
      path: (await material.freshForm()).action,
      form: { username: 'user5', password: 'password5' },
      headers: { cookie: 'AUTH_SESSION_ID=bm90aGluZw.n1' },
    }),
  },
  {
    endpoint: 'token: code',
    fault: 'forged token',
    name: 'a code whose session part was changed',
    request: async (material) => {
      const { code, verifier } = await material.freshCode();
      const [id = '', , client = ''] = code.split('.');
      return {
        path: oidc('token'),
        form: {
          client_id: 'app',
          client_secret: 'app-secret',
          grant_type: 'authorization_code',
          code: `${id}.AAAAAAAAAAAAAAAAAAAAAAAA.${client}`,
          redirect_uri: 'http://localhost/callback',
          code_verifier: verifier,
        },
      };
    },
  },
  {
    endpoint: 'revoke',
    fault: 'expired',
    name: 'an expired access token',
    request: (material) => ({
      path: oidc('revoke'),
      form: { client_id: 'short', client_secret: 'app-secret', token: material.expiredAccessToken },
    }),
  },
  {
    endpoint: 'token: client credentials',
    fault: 'foreign realm',
    name: 'a client of another realm',
    request: () => ({
      path: '/realms/foreign/protocol/openid-connect/token',
      form: { client_id: 'short', client_secret: 'app-secret', grant_type: 'client_credentials' },
    }),
  },
  {
    endpoint: 'token: password',
    fault: 'foreign realm',
    name: 'a user of another realm',
    request: () => ({
      path: '/realms/foreign/protocol/openid-connect/token',
      form: { client_id: 'app', client_secret: 'app-secret', grant_type: 'password', username: 'user5', password: 'password5' },
    }),
  },
  {
    endpoint: 'token: client credentials',
    fault: 'forged token',
    name: 'a client assertion that is nonsense',
    request: () => ({
      path: oidc('token'),
      form: {
        client_id: 'app',
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'a.b.c',
      },
    }),
  },
  {
    endpoint: 'introspect',
    fault: 'replayed',
    name: 'a token of a session that was logged out',
    request: (material) => ({
      path: oidc('token/introspect'),
      form: { client_id: 'app', client_secret: 'app-secret', token: material.loggedOutAccessToken },
    }),
  },
  {
    endpoint: 'userinfo',
    fault: 'wrong encoding',
    name: 'a token with a zero byte',
    request: () => ({ path: oidc('userinfo'), form: { access_token: 'a\u0000b' } }),
  },
  {
    endpoint: 'userinfo',
    fault: 'script in a value',
    name: 'a script as the token',
    request: () => ({ path: oidc('userinfo'), form: { access_token: script } }),
  },
  {
    endpoint: 'userinfo',
    fault: 'bad JSON',
    name: 'a JSON body',
    request: (material) => ({ path: oidc('userinfo'), json: { access_token: material.accessToken } }),
  },
  {
    endpoint: 'userinfo',
    fault: 'wrong credentials',
    name: 'credentials of a client in place of a token',
    request: () => ({ path: oidc('userinfo'), headers: { authorization: `Basic ${Buffer.from('app:app-secret').toString('base64')}` } }),
  },
  {
    endpoint: 'logout',
    fault: 'expired',
    name: 'an id token of a session that was logged out, wrongly signed',
    request: (material) => ({ path: `${oidc('logout')}?${new URLSearchParams({ id_token_hint: tampered(material.idToken, 1) })}` }),
  },
  { endpoint: 'logout', fault: 'wrong method', name: 'PUT', request: () => ({ path: oidc('logout'), method: 'PUT', form: {} }) },
  {
    endpoint: 'discovery and keys',
    fault: 'doubled parameter',
    name: 'query parameters that mean nothing',
    request: () => ({ path: '/realms/test/.well-known/openid-configuration?a=1&a=2' }),
  },
  adminGet('admin users', 'doubled parameter', 'max twice', '/realms/test/users?max=1&max=2'),
  adminGet('admin users', 'wrong encoding', 'a broken percent escape in the search', '/realms/test/users?search=%E0%A4%A'),
  adminGet('admin users', 'wrong encoding', 'a zero byte in the search', '/realms/test/users?search=a%00b'),
  adminGet('admin clients', 'wrong encoding', 'a broken percent escape in clientId', '/realms/test/clients?clientId=%E0%A4%A'),
  adminGet('admin realms', 'wrong encoding', 'a broken percent escape in the realm', '/realms/%E0%A4%A'),
  adminPost('admin clients', 'script in a value', 'a script as clientId', '/realms/test/clients', { clientId: script }),
  adminPost('admin roles', 'script in a value', 'a script as name', '/realms/test/roles', { name: script }),
  {
    endpoint: 'admin users',
    fault: 'wrong method',
    name: 'PATCH',
    request: (material) => ({
      path: `/admin/realms/test/users/${material.userId}`,
      method: 'PATCH',
      json: {},
      headers: { authorization: `Bearer ${material.adminToken}` },
    }),
  },
  {
    endpoint: 'admin roles',
    fault: 'wrong method',
    name: 'PATCH',
    request: (material) => ({
      path: '/admin/realms/test/roles/offline_access',
      method: 'PATCH',
      json: {},
      headers: { authorization: `Bearer ${material.adminToken}` },
    }),
  },
];
