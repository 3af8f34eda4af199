import type { BadCase, Endpoint, Fault, Material } from '../case.ts';

interface AdminRequest {
  readonly method: string;
  readonly path: (material: Material) => string;
  readonly json?: unknown;
  readonly body?: string;
  readonly token?: (material: Material) => string | undefined;
}

function admin(endpoint: Endpoint, fault: Fault, name: string, request: AdminRequest): BadCase {
  return {
    endpoint,
    fault,
    name,
    request: (material) => {
      const token = request.token === undefined ? material.adminToken : request.token(material);
      return {
        path: `/admin${request.path(material)}`,
        method: request.method,
        ...(request.json === undefined ? {} : { json: request.json }),
        ...(request.body === undefined ? {} : { body: request.body }),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      };
    },
  };
}

const to = (path: string) => (): string => path;
const missingUuid = '00000000-0000-0000-0000-000000000000';

/** Every writer of the slice with the same faults. */
function writer(
  endpoint: Endpoint,
  path: string,
  valid: Readonly<Record<string, unknown>>,
  duplicate: Readonly<Record<string, unknown>>,
  nameField: string,
): BadCase[] {
  const post = (fault: Fault, name: string, request: Omit<AdminRequest, 'method' | 'path'>): BadCase =>
    admin(endpoint, fault, name, { method: 'POST', path: to(path), ...request });
  return [
    post('bad JSON', 'half a document', { body: '{"a":' }),
    post('bad JSON', 'an array', { json: [valid] }),
    post('bad JSON', 'an empty body', { body: '' }),
    post('bad JSON', 'text', { body: 'hello' }),
    post('bad JSON', 'an unknown field', { json: { ...valid, bogusField: 1 } }),
    post('wrong type', 'an object where a text belongs', { json: { ...valid, [nameField]: { a: 1 } } }),
    post('wrong type', 'attributes that are a text', { json: { ...valid, attributes: 'text' } }),
    post('missing parameter', 'no name', { json: { description: 'x' } }),
    post('unknown object', 'a name that is taken', { json: duplicate }),
    post('oversized value', 'a name of 5,000 characters', { json: { ...valid, [nameField]: 'x'.repeat(5000) } }),
    post('missing parameter', 'no token', { json: valid, token: () => undefined }),
    post('forged token', 'a token that is nonsense', { json: valid, token: () => 'nonsense' }),
    post('foreign realm', 'a token of a user of another realm', { json: valid, token: (material) => material.foreignAccessToken }),
    post('wrong credentials', 'a token without the role', { json: valid, token: (material) => material.accessToken }),
    post('expired', 'an expired token', { json: valid, token: (material) => material.expiredAccessToken }),
  ];
}

/** Admin REST. */
export const adminCases: readonly BadCase[] = [
  ...writer('admin realms', '/realms', { realm: 'bad-case' }, { realm: 'test' }, 'realm'),
  ...writer('admin clients', '/realms/test/clients', { clientId: 'bad-case' }, { clientId: 'app' }, 'clientId'),
  ...writer('admin users', '/realms/test/users', { username: 'bad-case' }, { username: 'user0' }, 'username'),
  ...writer('admin roles', '/realms/test/roles', { name: 'bad-case' }, { name: 'offline_access' }, 'name'),
  admin('admin realms', 'unknown object', 'an unknown realm', { method: 'GET', path: to('/realms/nowhere') }),
  admin('admin realms', 'wrong method', 'PATCH', { method: 'PATCH', path: to('/realms/test'), json: {} }),
  admin('admin realms', 'wrong type', 'a text as a number', {
    method: 'PUT',
    path: to('/realms/test'),
    json: { accessTokenLifespan: 'soon' },
  }),
  admin('admin realms', 'script in a value', 'a script as realm name', {
    method: 'POST',
    path: to('/realms'),
    json: { realm: '<script>alert(1)</script>' },
  }),
  admin('admin clients', 'unknown object', 'an unknown client', { method: 'GET', path: to(`/realms/test/clients/${missingUuid}`) }),
  admin('admin clients', 'unknown object', 'change of an unknown client', {
    method: 'PUT',
    path: to(`/realms/test/clients/${missingUuid}`),
    json: { clientId: 'x' },
  }),
  admin('admin clients', 'wrong type', 'an id that is no UUID', { method: 'GET', path: to('/realms/test/clients/nonsense') }),
  admin('admin clients', 'wrong redirect URI', 'a script as redirect', {
    method: 'POST',
    path: to('/realms/test/clients'),
    json: { clientId: 'script', redirectUris: ['javascript:alert(1)'] },
  }),
  admin('admin clients', 'wrong method', 'PATCH', {
    method: 'PATCH',
    path: (material) => `/realms/test/clients/${material.clientUuid}`,
    json: {},
  }),
  admin('admin users', 'unknown object', 'an unknown user', { method: 'GET', path: to(`/realms/test/users/${missingUuid}`) }),
  admin('admin users', 'unknown object', 'delete of an unknown user', { method: 'DELETE', path: to(`/realms/test/users/${missingUuid}`) }),
  admin('admin users', 'wrong type', 'first that is no number', { method: 'GET', path: to('/realms/test/users?first=one') }),
  admin('admin users', 'wrong type', 'an enabled that is a text', {
    method: 'POST',
    path: to('/realms/test/users'),
    json: { username: 'typed', enabled: 'perhaps' },
  }),
  admin('admin users', 'wrong type', 'an e-mail address that is none', {
    method: 'POST',
    path: to('/realms/test/users'),
    json: { username: 'mailed', email: 'nonsense' },
  }),
  admin('admin users', 'missing parameter', 'a password reset without a value', {
    method: 'PUT',
    path: (material) => `/realms/test/users/${material.userId}/reset-password`,
    json: { type: 'password' },
  }),
  admin('admin users', 'unknown object', 'a role mapping of an unknown role', {
    method: 'POST',
    path: (material) => `/realms/test/users/${material.userId}/role-mappings/realm`,
    json: [{ id: missingUuid, name: 'nothing' }],
  }),
  admin('admin users', 'bad JSON', 'a role mapping that is an object', {
    method: 'POST',
    path: (material) => `/realms/test/users/${material.userId}/role-mappings/realm`,
    json: { id: 'x' },
  }),
  admin('admin users', 'unknown object', 'an unknown session', {
    method: 'DELETE',
    path: to('/realms/test/sessions/AAAAAAAAAAAAAAAAAAAAAAAA'),
  }),
  admin('admin users', 'script in a value', 'a script as user name', {
    method: 'POST',
    path: to('/realms/test/users'),
    json: { username: '<script>alert(1)</script>' },
  }),
  admin('admin roles', 'unknown object', 'an unknown role', { method: 'GET', path: to('/realms/test/roles/nothing') }),
  admin('admin roles', 'unknown object', 'delete of an unknown role', { method: 'DELETE', path: to('/realms/test/roles/nothing') }),
  admin('admin roles', 'wrong encoding', 'a broken percent escape', { method: 'GET', path: to('/realms/test/roles/%E0%A4%A') }),
];
