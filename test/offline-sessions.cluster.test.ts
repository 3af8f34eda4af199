import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk, type TokenSet } from '../bench/drivers/login-walk.ts';
import { startTestCluster, type TestCluster, walker } from './support/test-cluster.ts';

const NODES = 2;

describe('an offline session on two nodes', () => {
  let cluster: TestCluster;
  let clientUuid = '';
  const base = (index: number): string => cluster.server.bases[index % NODES] as string;
  const ask = async (index: number, method: string, path: string) =>
    admin(base(index), await adminToken(base(index)), method, `/realms/test${path}`);

  beforeAll(async () => {
    cluster = await startTestCluster(NODES);
    [{ id: clientUuid } = { id: '' }] = (await ask(0, 'GET', '/clients?clientId=app')) as { id: string }[];
  });
  afterAll(() => cluster?.stop());

  /** Opened on one node with a session of its own; the online session that came before it is logged out. */
  async function opened(user: number): Promise<{ walk: LoginWalk; tokens: TokenSet; session: string; userId: string }> {
    const walk = new LoginWalk({ ...walker(user), scope: 'openid offline_access' });
    const tokens = await walk.login(base(0), base(1), base(0));
    const [found] = (await ask(1, 'GET', `/users?username=user${user}&exact=true`)) as { id: string }[];
    return { walk, tokens, session: tokens.session_state ?? '', userId: found?.id ?? '' };
  }

  const refused = (walk: LoginWalk, { refresh_token }: TokenSet, node: number) => expect(walk.refresh(base(node), refresh_token)).rejects;

  it('is listed and counted on both, survives a stop of everything, and ends where an administrator says so', async () => {
    const { walk, tokens, session, userId } = await opened(0);
    for (const node of [0, 1]) {
      const ids = async (path: string) => ((await ask(node, 'GET', path)) as { id: string }[]).map(({ id }) => id);
      expect(await ids(`/users/${userId}/offline-sessions/${clientUuid}`)).toEqual([session]);
      expect(await ids(`/clients/${clientUuid}/offline-sessions`)).toEqual([session]);
      expect(await ask(node, 'GET', `/clients/${clientUuid}/offline-session-count`)).toEqual({ count: 1 });
      expect(await ids(`/users/${userId}/sessions`)).toEqual([]);
    }
    await Promise.all(cluster.server.nodes.map((_, index) => cluster.server.stopNode(index)));
    await Promise.all(cluster.server.nodes.map((_, index) => cluster.server.startNode(index)));
    const next = await walk.refresh(base(1), tokens.refresh_token);
    expect((await walk.introspect(base(0), next.access_token))['active']).toBe(true);

    await ask(0, 'DELETE', `/sessions/${session}?isOffline=true`);
    await refused(walk, next, 1).toThrow(/invalid_grant/);
    expect((await walk.introspect(base(1), next.access_token))['active']).toBe(false);
    await expect(ask(1, 'DELETE', `/sessions/${session}?isOffline=true`)).rejects.toThrow(/404/);
    expect(await ask(1, 'GET', `/users/${userId}/offline-sessions/${clientUuid}`)).toEqual([]);
  });

  it('ends where its user takes the consent of the application back', async () => {
    const { walk, tokens, userId } = await opened(1);
    const { access_token } = await walk.passwordGrant(base(0));
    const answer = await call(`${base(0)}/realms/test/account/applications/app/consent`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${access_token}`, accept: 'application/json' },
    });
    expect(answer.status).toBe(204);
    await refused(walk, tokens, 1).toThrow(/invalid_grant/);
    expect(await ask(1, 'GET', `/users/${userId}/offline-sessions/${clientUuid}`)).toEqual([]);
  });
});
