import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminAnswer, type AdminServer, startAdminServer } from '../testing/admin-server.ts';

let server: AdminServer;
let admin: string;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const call = (method: Method, path: string, body?: unknown): Promise<AdminAnswer> =>
  server.call(admin, method, `/realms/shop${path}`, body);
const idOf = (answer: AdminAnswer): string => answer.location?.split('/').at(-1) ?? expect.fail(answer.text);

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({ realm: 'shop', enabled: true });
  admin = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe('users', () => {
  it('are created with a password, read, changed in part and removed', async () => {
    const made = await call('POST', '/users', {
      username: 'Dora',
      email: 'Dora@example.org',
      enabled: true,
      credentials: [{ type: 'password', value: 'secret', temporary: true }],
    });
    expect([made.status, made.text]).toEqual([201, '']);
    const id = idOf(made);
    expect((await call('PUT', `/users/${id}`, { lastName: 'Dee', attributes: { team: ['red'] } })).status).toBe(204);
    expect((await call('GET', `/users/${id}`)).json()).toMatchObject({
      username: 'dora',
      email: 'dora@example.org',
      lastName: 'Dee',
      enabled: true,
      attributes: { team: ['red'] },
      requiredActions: ['UPDATE_PASSWORD'],
      access: { manage: true, view: true, mapRoles: true, impersonate: true, manageGroupMembership: true, resetPassword: true },
    });
    const credentials = (await call('GET', `/users/${id}/credentials`)).json<Record<string, unknown>[]>();
    expect(credentials.map(({ type, secretData }) => [type, secretData])).toEqual([['password', undefined]]);
    expect((await call('GET', '/users?q=team:red&briefRepresentation=true')).json()).toMatchObject([{ id, access: { manage: true } }]);
    expect((await call('GET', '/users?search=dor&max=1')).json()).toHaveLength(1);
    expect((await call('GET', '/users/count')).text).toBe('1');
    expect((await call('DELETE', `/users/${id}`)).status).toBe(204);
    expect((await call('GET', `/users/${id}`)).text).toBe('{"error":"User not found"}');
  });

  it('are refused with a taken name or address, or with names that break the profile', async () => {
    await call('POST', '/users', { username: 'anna', email: 'anna@example.org' });
    const refused = async (body: object): Promise<unknown[]> => {
      const answer = await call('POST', '/users', body);
      return [answer.status, answer.json()];
    };
    expect(await refused({ username: 'ANNA' })).toEqual([409, { errorMessage: 'User exists with same username' }]);
    expect(await refused({ username: 'anna2', email: 'anna@example.org' })).toEqual([409, { errorMessage: 'User exists with same email' }]);
    expect(await refused({ email: 'x@example.org' })).toEqual([400, { errorMessage: 'User name is missing' }]);
    expect(await refused({ username: 'ab' })).toEqual([
      400,
      { field: 'username', errorMessage: 'error-invalid-length', params: ['username', 3, 255] },
    ]);
    expect(await refused({ username: 'a<b>c', email: 'nonsense' })).toMatchObject([
      400,
      { errors: [{ field: 'username' }, { field: 'email' }] },
    ]);
  });

  it('have roles, direct and through composites and groups', async () => {
    const id = idOf(await call('POST', '/users', { username: 'rolf' }));
    await call('POST', '/roles', { name: 'chief' });
    await call('POST', '/roles', { name: 'seller' });
    const seller = (await call('GET', '/roles/seller')).json<{ id: string }>();
    const chief = (await call('GET', '/roles/chief')).json<{ id: string }>();
    expect((await call('POST', '/roles/chief/composites', [{ id: seller.id }])).status).toBe(204);
    expect((await call('POST', `/users/${id}/role-mappings/realm`, [chief])).status).toBe(204);
    const names = async (path: string): Promise<string[]> =>
      (await call('GET', `/users/${id}/role-mappings/realm${path}`)).json<{ name: string }[]>().map(({ name }) => name);
    expect(await names('')).toEqual(['chief', 'default-roles-shop']);
    expect(await names('/composite')).toContain('seller');
    expect(await names('/available')).toContain('seller');
    expect((await call('POST', `/users/${id}/role-mappings/realm`, [{ name: 'nothing' }])).text).toBe('{"error":"Role not found"}');
    expect((await call('DELETE', `/users/${id}/role-mappings/realm`, [chief])).status).toBe(204);
    expect(await names('')).toEqual(['default-roles-shop']);
  });

  it('of an unknown id are not found by any endpoint', async () => {
    for (const path of ['', '/credentials', '/sessions', '/groups', '/role-mappings', '/consents']) {
      expect((await call('GET', `/users/nobody${path}`)).text).toBe('{"error":"User not found"}');
    }
  });
});

describe('roles', () => {
  it('are renamed and removed, but the default role stays', async () => {
    expect((await call('POST', '/roles', { name: 'once', attributes: { a: ['b'] } })).location).toMatch(
      /\/admin\/realms\/shop\/roles\/once$/,
    );
    expect((await call('POST', '/roles', { name: 'once' })).json()).toEqual({ errorMessage: 'Role with name once already exists' });
    expect((await call('PUT', '/roles/once', { name: 'twice' })).status).toBe(204);
    expect((await call('GET', '/roles/twice')).json()).toMatchObject({ name: 'twice', clientRole: false, attributes: { a: ['b'] } });
    expect((await call('DELETE', '/roles/twice')).status).toBe(204);
    expect((await call('GET', '/roles/twice')).json()).toEqual({ error: 'Could not find role' });
    expect((await call('DELETE', '/roles/default-roles-shop')).status).toBe(400);
  });
});

describe('groups', () => {
  it('have children, members and roles', async () => {
    const parent = idOf(await call('POST', '/groups', { name: 'staff' }));
    expect((await call('POST', '/groups', { name: 'staff' })).json()).toEqual({
      errorMessage: "Top level group named 'staff' already exists.",
    });
    const child = (await call('POST', `/groups/${parent}/children`, { name: 'night' })).json<{ id: string; path: string }>();
    expect(child.path).toBe('/staff/night');
    const user = idOf(await call('POST', '/users', { username: 'nora', groups: ['/staff/night'] }));
    expect((await call('GET', `/users/${user}/groups`)).json()).toMatchObject([{ path: '/staff/night' }]);
    expect((await call('GET', `/groups/${child.id}/members`)).json()).toMatchObject([{ username: 'nora' }]);
    expect((await call('GET', '/groups?search=night')).json()).toMatchObject([{ name: 'staff', subGroups: [{ name: 'night' }] }]);
    expect((await call('PUT', `/groups/${parent}`, { name: 'crew' })).status).toBe(204);
    expect((await call('GET', '/group-by-path/crew/night')).json()).toMatchObject({ id: child.id });
    expect((await call('DELETE', `/users/${user}/groups/${child.id}`)).status).toBe(204);
    expect((await call('DELETE', `/groups/${parent}`)).status).toBe(204);
    expect((await call('GET', '/groups/count')).json()).toEqual({ count: 0 });
  });
});
