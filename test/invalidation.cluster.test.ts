import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { startTestCluster, type TestCluster, walker } from './support/test-cluster.ts';

const ROUNDS = 25;

describe('a change on one node', () => {
  let cluster: TestCluster;
  let token = '';
  let clientUuid = '';
  const base = (index: number): string => cluster.server.bases[index % 3] as string;

  beforeAll(async () => {
    cluster = await startTestCluster(3);
    token = await adminToken(base(0));
    await admin(base(0), token, 'PUT', '/realms/master', { accessTokenLifespan: 600 });
    token = await adminToken(base(0));
    clientUuid = ((await admin(base(0), token, 'GET', '/realms/test/clients?clientId=app')) as { id: string }[])[0]?.id ?? '';
  });
  afterAll(() => cluster?.stop());

  it(`to a client is seen by the next request on every other node, ${ROUNDS} times`, async () => {
    const login = new LoginWalk(walker(0));
    for (let round = 0; round < ROUNDS; round += 1) {
      const enabled = round % 2 === 1;
      await admin(base(round), token, 'PUT', `/realms/test/clients/${clientUuid}`, { clientId: 'app', enabled });
      for (const other of [1, 2]) {
        const attempt = login.clientCredentials(base(round + other));
        if (enabled) await attempt;
        else await expect(attempt).rejects.toThrow(/invalid_client/);
      }
    }
    await admin(base(0), token, 'PUT', `/realms/test/clients/${clientUuid}`, { clientId: 'app', enabled: true });
  });

  it('to a user, his password and his roles is seen at once elsewhere', async () => {
    const [user] = (await admin(base(0), token, 'GET', '/realms/test/users?username=user1&exact=true')) as { id: string }[];
    const id = user?.id ?? '';
    const login = new LoginWalk({ ...walker(1), password: 'changed' });
    await new LoginWalk(walker(1)).passwordGrant(base(1));
    await admin(base(0), token, 'PUT', `/realms/test/users/${id}/reset-password`, { type: 'password', value: 'changed', temporary: false });
    const tokens = await login.passwordGrant(base(1));
    await admin(base(1), token, 'PUT', `/realms/test/users/${id}`, { enabled: false });
    await expect(login.passwordGrant(base(2))).rejects.toThrow(/Account disabled/);
    await expect(login.userinfo(base(2), tokens.access_token)).rejects.toThrow(/401/);
    await admin(base(2), token, 'PUT', `/realms/test/users/${id}`, { enabled: true });
    await login.passwordGrant(base(0));
  });

  it('to the realm is seen at once, and a realm that was removed is gone everywhere', async () => {
    await admin(base(0), token, 'POST', '/realms', { realm: 'short-lived', enabled: true });
    for (const other of [0, 1, 2]) expect((await call(`${base(other)}/realms/short-lived`)).status).toBe(200);
    await admin(base(1), token, 'DELETE', '/realms/short-lived');
    for (const other of [0, 1, 2]) expect((await call(`${base(other)}/realms/short-lived`)).status).toBe(404);
  });

  it('to sessions is seen at once: a logout on one node ends refresh, userinfo and single sign-on on the others', async () => {
    const login = new LoginWalk(walker(2));
    const tokens = await login.login(base(0), base(1), base(2));
    await login.userinfo(base(1), tokens.access_token);
    await login.logout(base(0), tokens.refresh_token);
    await expect(login.refresh(base(1), tokens.refresh_token)).rejects.toThrow(/invalid_grant/);
    await expect(login.userinfo(base(2), tokens.access_token)).rejects.toThrow(/401/);
    await expect(login.sso(base(1))).rejects.toThrow(/single sign-on: 200/);
  });
});
