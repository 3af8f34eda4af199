import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';

let server: AdminServer;
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startAdminServer();
  const roles = (role: string) => ({ 'realm-management': [role] });
  await server.createRealm({
    realm: 'shop',
    enabled: true,
    clients: [{ clientId: 'robot', serviceAccountsEnabled: true }],
    users: [
      { username: 'ann', enabled: true },
      { username: 'gone', enabled: false },
      { username: 'helper', enabled: true, clientRoles: roles('impersonation') },
      { username: 'manager', enabled: true, clientRoles: roles('manage-users') },
    ],
  });
  const admin = await server.token('master', 'admin');
  const users = (await server.call(admin, 'GET', '/realms/shop/users')).json<{ id: string; username: string }[]>();
  ids = Object.fromEntries(users.map(({ id, username }) => [username, id]));
});
afterAll(() => server?.[Symbol.asyncDispose]());

const impersonate = (token: string, id: string | undefined) => server.call(token, 'POST', `/realms/shop/users/${id}/impersonation`);

describe('to impersonate a user', () => {
  it('opens a session of the user in the browser of the administrator', async () => {
    const helper = await server.token('shop', 'helper');
    const answer = await server.app.inject({
      method: 'POST',
      url: `/admin/realms/shop/users/${ids['ann']}/impersonation`,
      headers: { authorization: `Bearer ${helper}` },
    });
    expect(answer.json()).toEqual({ sameRealm: false, redirect: 'http://127.0.0.1:8080/realms/shop/account' });
    const cookies = answer.cookies.map(({ name }) => name);
    expect(cookies).toEqual(expect.arrayContaining(['KEYCLOAK_IDENTITY', 'KEYCLOAK_SESSION']));
    const realm = await server.context.state.directory.realmByName('shop');
    const sessions = realm && (await server.context.state.userSessions.ofUser(realm, ids['ann'] ?? '', false));
    expect(sessions?.map(({ session }) => session.notes)).toEqual([
      expect.objectContaining({ IMPERSONATOR_ID: ids['helper'], IMPERSONATOR_USERNAME: 'helper' }),
    ]);
  });

  it('takes the role for it, and no other', async () => {
    expect((await impersonate(await server.token('shop', 'manager'), ids['ann'])).status).toBe(403);
    expect((await impersonate(await server.token('shop', 'ann'), ids['ann'])).status).toBe(403);
    expect((await impersonate(await server.token('master', 'admin'), ids['ann'])).status).toBe(200);
  });

  it('is refused for users that cannot log in', async () => {
    const admin = await server.token('master', 'admin');
    expect((await impersonate(admin, ids['gone'])).json()).toEqual({ errorMessage: 'User is disabled' });
    const [robot] = (await server.call(admin, 'GET', '/realms/shop/clients?clientId=robot')).json<{ id: string }[]>();
    const account = (await server.call(admin, 'GET', `/realms/shop/clients/${robot?.id}/service-account-user`)).json<{ id: string }>();
    expect((await impersonate(admin, account.id)).status).toBe(400);
    expect((await impersonate(admin, 'nobody')).status).toBe(404);
  });
});
