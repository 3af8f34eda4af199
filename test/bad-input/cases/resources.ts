import type { BadCase, Endpoint, Fault, Material } from '../case.ts';
import { tampered, unsigned } from '../material.ts';

const at = (name: string): string => `/realms/test/protocol/openid-connect/${name}`;
const app = { client_id: 'app', client_secret: 'app-secret' } as const;

function userinfo(fault: Fault, name: string, token: (material: Material) => string | undefined): BadCase {
  return {
    endpoint: 'userinfo',
    fault,
    name,
    request: (material) => {
      const given = token(material);
      return { path: at('userinfo'), headers: given === undefined ? {} : { authorization: given } };
    },
  };
}

function posted(
  endpoint: Endpoint,
  path: string,
  fault: Fault,
  name: string,
  fields: (material: Material) => Readonly<Record<string, string | undefined>>,
): BadCase {
  return { endpoint, fault, name, request: (material) => ({ path: at(path), form: fields(material) }) };
}

const introspect = (fault: Fault, name: string, fields: (material: Material) => Readonly<Record<string, string | undefined>>): BadCase =>
  posted('introspect', 'token/introspect', fault, name, (material) => ({ ...app, token: material.accessToken, ...fields(material) }));
const revoke = (fault: Fault, name: string, fields: (material: Material) => Readonly<Record<string, string | undefined>>): BadCase =>
  posted('revoke', 'revoke', fault, name, (material) => ({ ...app, ...fields(material) }));
const logoutPost = (fault: Fault, name: string, fields: (material: Material) => Readonly<Record<string, string | undefined>>): BadCase =>
  posted('logout', 'logout', fault, name, (material) => ({ ...app, ...fields(material) }));
const logoutGet = (fault: Fault, name: string, query: (material: Material) => Readonly<Record<string, string>>): BadCase => ({
  endpoint: 'logout',
  fault,
  name,
  request: (material) => ({ path: `${at('logout')}?${new URLSearchParams(query(material))}` }),
});
const get = (fault: Fault, name: string, path: string, method = 'GET'): BadCase => ({
  endpoint: 'discovery and keys',
  fault,
  name,
  request: () => ({ path, method }),
});

/** Userinfo, introspection, revocation, logout, documents. */
export const resourceCases: readonly BadCase[] = [
  userinfo('missing parameter', 'no token', () => undefined),
  userinfo('missing parameter', 'an empty bearer', () => 'Bearer '),
  userinfo('wrong type', 'a token that is nonsense', () => 'Bearer nonsense'),
  userinfo('wrong type', 'a refresh token', (material) => `Bearer ${material.refreshToken}`),
  userinfo('wrong type', 'an id token', (material) => `Bearer ${material.idToken}`),
  userinfo('wrong type', 'another scheme', (material) => `Basic ${material.accessToken}`),
  userinfo('forged token', 'a changed payload', (material) => `Bearer ${tampered(material.accessToken, 1)}`),
  userinfo('forged token', 'a changed signature', (material) => `Bearer ${tampered(material.accessToken, 2)}`),
  userinfo('forged token', 'a changed header', (material) => `Bearer ${tampered(material.accessToken, 0)}`),
  userinfo('forged token', 'alg none', (material) => `Bearer ${unsigned(material.accessToken)}`),
  userinfo('expired', 'an expired token', (material) => `Bearer ${material.expiredAccessToken}`),
  userinfo('expired', 'a token of a session that was logged out', (material) => `Bearer ${material.loggedOutAccessToken}`),
  userinfo('foreign realm', 'a token of another realm', (material) => `Bearer ${material.foreignAccessToken}`),
  userinfo('oversized value', 'a token of 20,000 characters', () => `Bearer ${'x'.repeat(20_000)}`),
  {
    endpoint: 'userinfo',
    fault: 'doubled parameter',
    name: 'token in header and body',
    request: (material) => ({
      path: at('userinfo'),
      form: { access_token: material.accessToken },
      headers: { authorization: `Bearer ${material.accessToken}` },
    }),
  },
  {
    endpoint: 'userinfo',
    fault: 'wrong method',
    name: 'PUT',
    request: (material) => ({ path: at('userinfo'), method: 'PUT', headers: { authorization: `Bearer ${material.accessToken}` } }),
  },
  {
    endpoint: 'userinfo',
    fault: 'unknown object',
    name: 'an unknown realm',
    request: (material) => ({
      path: '/realms/nowhere/protocol/openid-connect/userinfo',
      headers: { authorization: `Bearer ${material.accessToken}` },
    }),
  },
  introspect('missing parameter', 'no token', () => ({ token: undefined })),
  introspect('missing parameter', 'no credentials', () => ({ client_id: undefined, client_secret: undefined })),
  introspect('wrong credentials', 'a wrong secret', () => ({ client_secret: 'wrong' })),
  introspect('wrong credentials', 'a public client', () => ({ client_id: 'second-app', client_secret: undefined })),
  introspect('wrong type', 'a token that is nonsense', () => ({ token: 'nonsense' })),
  introspect('wrong type', 'an unknown token_type_hint', () => ({ token_type_hint: 'bogus' })),
  introspect('forged token', 'a changed signature', (material) => ({ token: tampered(material.accessToken, 2) })),
  introspect('expired', 'an expired token', (material) => ({ token: material.expiredAccessToken })),
  introspect('expired', 'a logged out refresh token', (material) => ({ token: material.loggedOutRefreshToken })),
  introspect('foreign realm', 'a token of another realm', (material) => ({ token: material.foreignAccessToken })),
  { endpoint: 'introspect', fault: 'wrong method', name: 'GET', request: () => ({ path: at('token/introspect') }) },
  {
    endpoint: 'introspect',
    fault: 'doubled parameter',
    name: 'two token',
    request: () => ({
      path: at('token/introspect'),
      method: 'POST',
      body: 'client_id=app&client_secret=app-secret&token=a&token=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  },
  revoke('missing parameter', 'no token', () => ({})),
  revoke('wrong credentials', 'a wrong secret', (material) => ({ token: material.refreshToken, client_secret: 'wrong' })),
  revoke('wrong type', 'a token that is nonsense', () => ({ token: 'nonsense' })),
  revoke('wrong type', 'an id token', (material) => ({ token: material.idToken })),
  revoke('forged token', 'a changed signature', (material) => ({ token: tampered(material.refreshToken, 2) })),
  revoke('foreign realm', 'a token of another realm', (material) => ({ token: material.foreignRefreshToken })),
  revoke('unknown object', "another client's token", (material) => ({ token: material.refreshToken, client_id: 'short' })),
  revoke('replayed', 'a token of a session that was logged out', (material) => ({ token: material.loggedOutRefreshToken })),
  { endpoint: 'revoke', fault: 'wrong method', name: 'GET', request: () => ({ path: at('revoke') }) },
  logoutPost('missing parameter', 'nothing but the client', () => ({})),
  logoutPost('wrong type', 'a refresh_token that is nonsense', () => ({ refresh_token: 'nonsense' })),
  logoutPost('wrong credentials', 'a wrong secret', (material) => ({ refresh_token: material.refreshToken, client_secret: 'wrong' })),
  logoutPost('forged token', 'a changed signature', (material) => ({ refresh_token: tampered(material.refreshToken, 2) })),
  logoutPost('replayed', 'a session that was logged out', (material) => ({ refresh_token: material.loggedOutRefreshToken })),
  logoutPost('foreign realm', 'a refresh token of another realm', (material) => ({ refresh_token: material.foreignRefreshToken })),
  logoutGet('missing parameter', 'nothing at all', () => ({})),
  logoutGet('missing parameter', 'a post_logout_redirect_uri alone', () => ({ post_logout_redirect_uri: 'http://localhost/callback' })),
  logoutGet('wrong redirect URI', 'another host', (material) => ({
    post_logout_redirect_uri: 'http://evil.example/',
    id_token_hint: material.idToken,
  })),
  logoutGet('wrong type', 'an id_token_hint that is nonsense', () => ({
    post_logout_redirect_uri: 'http://localhost/callback',
    id_token_hint: 'nonsense',
  })),
  logoutGet('forged token', 'an id_token_hint with a changed signature', (material) => ({
    post_logout_redirect_uri: 'http://localhost/callback',
    id_token_hint: tampered(material.idToken, 2),
  })),
  logoutGet('unknown object', 'an unknown client', () => ({ post_logout_redirect_uri: 'http://localhost/callback', client_id: 'nobody' })),
  logoutGet('script in a value', 'a script as redirect', (material) => ({
    post_logout_redirect_uri: 'javascript:alert(1)',
    id_token_hint: material.idToken,
  })),
  get('unknown object', 'discovery of an unknown realm', '/realms/nowhere/.well-known/openid-configuration'),
  get('unknown object', 'keys of an unknown realm', '/realms/nowhere/protocol/openid-connect/certs'),
  get('unknown object', 'an unknown well-known document', '/realms/test/.well-known/bogus'),
  get('unknown object', 'an unknown endpoint', '/realms/test/protocol/openid-connect/bogus'),
  get('unknown object', 'an unknown protocol', '/realms/test/protocol/bogus/auth'),
  get('unknown object', 'an unknown realm', '/realms/nowhere'),
  get('wrong method', 'POST to the keys', '/realms/test/protocol/openid-connect/certs', 'POST'),
  get('wrong method', 'DELETE of a realm in public', '/realms/test', 'DELETE'),
  get('wrong encoding', 'a broken percent escape in the realm', '/realms/%E0%A4%A/.well-known/openid-configuration'),
  get('script in a value', 'a script as realm', '/realms/%3Cscript%3Ealert(1)%3C%2Fscript%3E/.well-known/openid-configuration'),
  get('oversized value', 'a realm name of 3,000 characters', `/realms/${'x'.repeat(3000)}/.well-known/openid-configuration`),
];
