import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { managementRoles } from '../realm/management-roles.ts';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';
import { endpointPermissions, isMet } from './endpoint-permissions.ts';

const roles = [...Object.keys(managementRoles), 'nobody'];
let server: AdminServer;
const tokens = new Map<string, string>();

/** Roles that come with a role. */
function held(role: string): ReadonlySet<string> {
  return new Set([role, ...(managementRoles[role] ?? [])]);
}

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({
    realm: 'shop',
    enabled: true,
    roles: { realm: [{ name: 'seller' }] },
    users: roles.map((role) => ({
      username: `has-${role}`,
      enabled: true,
      clientRoles: role === 'nobody' ? {} : { 'realm-management': [role] },
    })),
  });
  await server.createRealm({ realm: 'other', enabled: true });
  for (const role of roles) tokens.set(role, await server.token('shop', `has-${role}`));
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** What stands in the path for each parameter: nothing that exists, so that no call changes anything. */
const pathOf = (endpoint: string): string => endpoint.slice(endpoint.indexOf(' ') + 1).replace(/:\w+|\*/g, 'missing');

describe('every endpoint below a realm', () => {
  // Changes of the realm itself would be carried out; they have tests of their own.
  const endpoints = Object.keys(endpointPermissions).filter((endpoint) => !['DELETE ', 'POST /logout-all'].includes(endpoint));

  it.each(endpoints)('%s is open to the roles of the table and to no others', async (endpoint) => {
    const method = endpoint.slice(0, endpoint.indexOf(' ')) as 'GET' | 'POST' | 'PUT' | 'DELETE';
    const requirement = endpointPermissions[endpoint] ?? [];
    const body = method === 'GET' ? undefined : 'no json';
    for (const role of roles) {
      const answer = await server.call(tokens.get(role), method, `/realms/shop${pathOf(endpoint)}`, body);
      if (isMet(requirement, held(role))) expect([role, answer.status]).not.toEqual([role, 403]);
      else expect([role, answer.status, answer.text]).toEqual([role, 403, '{"error":"HTTP 403 Forbidden"}']);
      // A provider that is not there is answered in the words for an address that is not there, as in the original.
      if (!endpoint.includes('/identity-provider/instances/:alias')) expect(answer.text).not.toContain('HTTP 404 Not Found');
      // 501 says that the feature is not there.
      if (answer.status !== 501) expect(answer.status).toBeLessThan(500);
    }
  });
});

describe('who may ask', () => {
  it('is nobody without a token, or with a false one', async () => {
    for (const token of [undefined, 'nonsense', `${tokens.get('view-users')}x`, 'a.b.c']) {
      const answer = await server.call(token, 'GET', '/realms/shop/users');
      expect([answer.status, answer.text]).toEqual([401, '{"error":"HTTP 401 Unauthorized"}']);
    }
  });

  it('is not the administrator of another realm', async () => {
    expect((await server.call(tokens.get('view-users'), 'GET', '/realms/other/users')).status).toBe(403);
    expect((await server.call(tokens.get('manage-realm'), 'PUT', '/realms/master', {})).status).toBe(403);
  });

  it('is the administrator of master, for all realms', async () => {
    const admin = await server.token('master', 'admin');
    for (const realm of ['master', 'shop', 'other']) expect((await server.call(admin, 'GET', `/realms/${realm}/users`)).status).toBe(200);
    const realms = (await server.call(admin, 'GET', '/realms?briefRepresentation=true')).json<{ realm: string }[]>();
    expect(realms.map(({ realm }) => realm).sort()).toEqual(['master', 'other', 'shop']);
  });

  it('is for a role by its id whoever may see what contains it', async () => {
    const admin = await server.token('master', 'admin');
    const { id } = (await server.call(admin, 'GET', '/realms/shop/roles/seller')).json<{ id: string }>();
    const [management] = (await server.call(admin, 'GET', '/realms/shop/clients?clientId=realm-management')).json<{ id: string }[]>();
    const ofClient = (await server.call(admin, 'GET', `/realms/shop/clients/${management?.id}/roles/view-users`)).json<{ id: string }>();
    for (const role of roles) {
      const [realmRole, clientRole] = await Promise.all(
        [id, ofClient.id].map((one) => server.call(tokens.get(role), 'GET', `/realms/shop/roles-by-id/${one}`)),
      );
      expect([role, realmRole?.status]).toEqual([role, ['view-realm', 'manage-realm'].includes(role) ? 200 : 403]);
      expect([role, clientRole?.status]).toEqual([role, ['view-clients', 'manage-clients'].includes(role) ? 200 : 403]);
    }
  });

  it('sees of a realm its name alone where it may not view it', async () => {
    expect((await server.call(tokens.get('view-users'), 'GET', '/realms/shop')).json()).toEqual({ realm: 'shop' });
    expect((await server.call(tokens.get('view-users'), 'GET', '/realms')).json()).toEqual([{ realm: 'shop' }]);
    expect((await server.call(tokens.get('nobody'), 'GET', '/realms')).status).toBe(403);
    expect((await server.call(tokens.get('impersonation'), 'GET', '/serverinfo')).status).toBe(403);
    expect((await server.call(tokens.get('manage-realm'), 'POST', '/realms', { realm: 'mine' })).status).toBe(403);
  });

  it('sees nobody with query-users, and what a client is called with query-clients', async () => {
    expect((await server.call(tokens.get('query-users'), 'GET', '/realms/shop/users')).json()).toEqual([]);
    const clients = (await server.call(tokens.get('query-clients'), 'GET', '/realms/shop/clients?clientId=account')).json<object[]>();
    expect(clients.map((client) => Object.keys(client).sort())).toEqual([['clientId', 'id']]);
  });

  it('hands out no more power than it has', async () => {
    const admin = await server.token('master', 'admin');
    const [management] = (await server.call(admin, 'GET', '/realms/shop/clients?clientId=realm-management')).json<{ id: string }[]>();
    const [nobody] = (await server.call(admin, 'GET', '/realms/shop/users?username=has-nobody')).json<{ id: string }[]>();
    const mappings = `/realms/shop/users/${nobody?.id}/role-mappings/clients/${management?.id}`;
    const statusOf = async (token: string | undefined, name: string): Promise<number> =>
      (await server.call(token, 'POST', mappings, [{ name }])).status;
    expect(await statusOf(tokens.get('manage-users'), 'realm-admin')).toBe(403);
    expect(await statusOf(tokens.get('manage-users'), 'manage-realm')).toBe(403);
    const { id } = (await server.call(admin, 'GET', `/realms/shop/clients/${management?.id}/roles/realm-admin`)).json<{ id: string }>();
    expect((await server.call(tokens.get('manage-realm'), 'POST', '/realms/shop/roles/seller/composites', [{ id }])).status).toBe(403);
    expect(await statusOf(tokens.get('manage-users'), 'manage-users')).toBe(204);
    expect(await statusOf(admin, 'realm-admin')).toBe(204);
    expect((await server.call(admin, 'DELETE', mappings)).status).toBe(204);
  });

  it('comes and goes with what a composite role brings along', async () => {
    const admin = await server.token('master', 'admin');
    const [nobody] = (await server.call(admin, 'GET', '/realms/shop/users?username=has-nobody')).json<{ id: string }[]>();
    const { id: seller } = (await server.call(admin, 'GET', '/realms/shop/roles/seller')).json<{ id: string }>();
    const [management] = (await server.call(admin, 'GET', '/realms/shop/clients?clientId=realm-management')).json<{ id: string }[]>();
    const { id } = (await server.call(admin, 'GET', `/realms/shop/clients/${management?.id}/roles/view-events`)).json<{ id: string }>();
    await server.call(admin, 'POST', `/realms/shop/users/${nobody?.id}/role-mappings/realm`, [{ id: seller, name: 'seller' }]);
    const asked = async () => (await server.call(tokens.get('nobody'), 'GET', '/realms/shop/events/config')).status;
    expect(await asked()).toBe(403);
    expect((await server.call(admin, 'POST', '/realms/shop/roles/seller/composites', [{ id }])).status).toBe(204);
    expect(await asked()).toBe(200);
    expect((await server.call(admin, 'DELETE', '/realms/shop/roles/seller/composites', [{ id }])).status).toBe(204);
    expect(await asked()).toBe(403);
  });
});
