import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminServer, startAdminServer } from '../../testing/admin-server.ts';

let server: AdminServer;
let token: string;

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({
    realm: 'shop',
    enabled: true,
    displayName: 'The shop',
    roles: { realm: [{ name: 'seller', composite: true, composites: { client: { account: ['view-groups'] } } }] },
    users: [{ username: 'ann', enabled: true, realmRoles: ['seller'] }],
  });
  token = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

async function get<T>(path: string): Promise<T> {
  const answer = await server.call(token, 'GET', `/realms/shop${path}`);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.json<T>();
}

const annId = async (): Promise<string> => (await get<{ id: string }[]>('/users?username=ann'))[0]?.id ?? '';

describe("the console's lists", () => {
  it('name the realms that one may administer, a page at a time', async () => {
    expect(await get('/ui-ext/realms/names?search=shop')).toEqual([{ name: 'shop', displayName: 'The shop' }]);
    expect(await get('/ui-ext/realms/names?first=0&max=1')).toHaveLength(1);
  });

  it('show users with what brute-force protection holds against them', async () => {
    expect(await get('/ui-ext/brute-force-user?search=ann&first=0&max=11')).toMatchObject([
      {
        username: 'ann',
        access: { manage: true },
        bruteForceStatus: { numFailures: 0, disabled: false, lastIPFailure: 'n/a', lastFailure: 0 },
      },
    ]);
  });

  it('tell roles that a user has, however they came, and those of clients that may be added', async () => {
    const id = await annId();
    expect(await get(`/ui-ext/effective-roles/users/${id}`)).toMatchObject([{ role: 'view-groups', client: 'account' }]);
    expect(await get(`/ui-ext/effective-roles-all/users/${id}`)).toMatchObject([
      { name: 'seller', clientRole: false },
      { name: 'view-groups', clientRole: true, client: 'account' },
    ]);
    const available = await get<{ role: string }[]>(`/ui-ext/available-roles/users/${id}?search=view-g&first=0&max=10`);
    expect(available.map(({ role }) => role)).toEqual(['view-groups']);
  });

  it('take roles of several clients and of the realm away in one call', async () => {
    const id = await annId();
    const mapped = await get<{ realmMappings: { id: string; name: string }[] }>(`/users/${id}/role-mappings`);
    const body = mapped.realmMappings.map((role) => ({ roleId: role.id, roleName: role.name }));
    expect((await server.call(token, 'POST', `/realms/shop/ui-ext/role-mapping-delete/users/${id}`, body)).status).toBe(204);
    expect(await get(`/users/${id}/role-mappings`)).toEqual({});
  });

  it('say what a composite brings', async () => {
    const { id } = await get<{ id: string }>('/roles/seller');
    expect(await get(`/ui-ext/role-mappings/roles/${id}`)).toMatchObject({
      clientMappings: { account: { mappings: [{ name: 'view-groups' }] } },
    });
  });

  it('say what uses a flow', async () => {
    const flows = await get<{ alias: string; usedBy?: { type: string } }[]>('/ui-ext/authentication-management/flows');
    expect(flows.find(({ alias }) => alias === 'browser')?.usedBy).toEqual({ type: 'DEFAULT', values: ['browser'] });
  });
});

describe('a realm saved by the console', () => {
  it('is saved together with its user profile, which then judges users', async () => {
    const realm = await get<Record<string, unknown>>('');
    const profile = await get<{ attributes: object[] }>('/users/profile');
    const department = {
      name: 'department',
      validations: { options: { options: ['toys', 'books'] } },
      required: {},
      permissions: { view: ['admin'], edit: ['admin'] },
    };
    const body = { ...realm, displayName: 'Saved', upConfig: { ...profile, attributes: [...profile.attributes, department] } };
    expect((await server.call(token, 'PUT', '/realms/shop/ui-ext', body)).status).toBe(204);
    expect((await get<{ displayName: string }>('')).displayName).toBe('Saved');
    const refused = await server.call(token, 'POST', '/realms/shop/users', { username: 'bob', attributes: { department: ['food'] } });
    expect([refused.status, refused.json()]).toEqual([
      400,
      { field: 'department', errorMessage: 'error-invalid-value', params: ['department'] },
    ]);
    const missing = await server.call(token, 'POST', '/realms/shop/users', { username: 'bob' });
    expect(missing.json()).toMatchObject({ field: 'department', errorMessage: 'error-user-attribute-required' });
    const taken = await server.call(token, 'POST', '/realms/shop/users', { username: 'bob', attributes: { department: ['toys'] } });
    expect(taken.status).toBe(201);
    await server.call(token, 'PUT', '/realms/shop/users/profile', {});
  });

  it('keeps its profile where the new one cannot be used', async () => {
    for (const [attributes, text] of [
      [[{ name: 'email' }], "[The attribute 'username' can not be removed]"],
      [
        [{ name: 'username' }, { name: 'email' }, { name: 'x', validations: { nope: {} } }],
        "[Validator 'nope' defined for attribute 'x' doesn't exist]",
      ],
      [[{ name: 'username' }, { name: 'email' }, { name: 'x', group: 'g' }], "[Attribute 'x' references unknown group 'g']"],
    ] as const) {
      const answer = await server.call(token, 'PUT', '/realms/shop/users/profile', { attributes });
      expect([answer.status, answer.json()]).toEqual([400, { errorMessage: text }]);
    }
    expect((await get<{ attributes: object[] }>('/users/profile')).attributes).toHaveLength(4);
  });

  it('has texts of its own by language', async () => {
    const put = await server.call(token, 'PUT', '/realms/shop/localization/de/greeting', 'Guten Tag');
    expect(put.status).toBe(204);
    expect(await get('/localization')).toEqual(['de']);
    expect(await get('/localization/de')).toEqual({ greeting: 'Guten Tag' });
    expect((await server.call(token, 'GET', '/realms/shop/localization/de/greeting')).text).toBe('Guten Tag');
    expect((await server.call(token, 'DELETE', '/realms/shop/localization/de/greeting')).status).toBe(204);
    expect((await server.call(token, 'DELETE', '/realms/shop/localization/de/greeting')).status).toBe(404);
    expect(Object.keys(await get<object>(''))).not.toContain('localizationTexts');
  });
});
