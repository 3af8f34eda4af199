import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { type Answer, call } from '../bench/drivers/http.ts';
import { benchRealm } from '../bench/servers/server.ts';
import { startTestCluster, type TestCluster } from './support/test-cluster.ts';

interface Held {
  readonly numFailures: number;
  readonly numTemporaryLockouts: number;
  readonly disabled: boolean;
  readonly failedLoginNotBefore: number;
}

const guarded = { bruteForceProtected: true, failureFactor: 30, quickLoginCheckMilliSeconds: 0, waitIncrementSeconds: 60 };

describe('brute-force protection on three nodes', () => {
  let cluster: TestCluster;
  const base = (index: number): string => cluster.server.bases[index % 3] as string;

  beforeAll(async () => {
    const realms = [
      { ...benchRealm('test', 6), ...guarded },
      { ...benchRealm('strict', 3), ...guarded, failureFactor: 3 },
    ];
    cluster = await startTestCluster(3, { realms });
  });
  afterAll(() => cluster?.stop());

  function login(index: number, user: number, password: string, realm = 'test'): Promise<Answer> {
    return call(`${base(index)}/realms/${realm}/protocol/openid-connect/token`, {
      form: { grant_type: 'password', client_id: 'app', client_secret: 'app-secret', username: `user${user}`, password },
    });
  }

  async function heldAgainst(index: number, user: number, realm = 'test'): Promise<Held> {
    const token = await adminToken(base(index));
    const [found] = (await admin(base(index), token, 'GET', `/realms/${realm}/users?username=user${user}&exact=true`)) as { id: string }[];
    return (await admin(base(index), token, 'GET', `/realms/${realm}/attack-detection/brute-force/users/${found?.id}`)) as Held;
  }

  it('counts every one of twenty-four failures that arrive at once on all nodes (Keycloak #34680, #52646)', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => login(index, 0, 'wrong')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    const held = await Promise.all([0, 1, 2].map((index) => heldAgainst(index, 0)));
    expect(held.map(({ numFailures }) => numFailures)).toEqual([24, 24, 24]);
  });

  it('lets twenty-four good logins of one user in at once (Keycloak #14082)', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => login(index, 1, 'password1')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 24 }, () => 200));
    expect(await heldAgainst(0, 1)).toMatchObject({ numFailures: 0 });
  });

  it('sees no more than three of thirty guesses where three are allowed, and locks on every node', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, index) => login(index, 0, `guess${index}`, 'strict')));
    expect(await heldAgainst(1, 0, 'strict')).toMatchObject({ numFailures: 3, numTemporaryLockouts: 1, disabled: true });
    const good = await Promise.all([0, 1, 2].map((index) => login(index, 0, 'password0', 'strict')));
    expect(good.map(({ status, text }) => [status, text])).toEqual(
      Array.from({ length: 3 }, () => [400, '{"error":"invalid_grant","error_description":"Invalid user credentials"}']),
    );
  });

  it('takes a lock back on every node when an administrator says so', async () => {
    const token = await adminToken(base(0));
    await admin(base(0), token, 'DELETE', '/realms/strict/attack-detection/brute-force/users');
    expect((await login(1, 0, 'password0', 'strict')).status).toBe(200);
  });

  it('never answers a login with an error of its own while a member is frozen (Keycloak #47873)', async () => {
    cluster.server.signal(2, 'SIGSTOP');
    try {
      const rounds = Array.from({ length: 30 }, (_, index) =>
        login(index % 2, 2 + (index % 4), index % 3 === 0 ? 'wrong' : `password${2 + (index % 4)}`),
      );
      const statuses = (await Promise.all(rounds)).map(({ status }) => status);
      expect(statuses.filter((status) => ![200, 400, 503].includes(status))).toEqual([]);
      expect((await login(0, 5, 'password5')).status).toBe(200);
    } finally {
      cluster.server.signal(2, 'SIGCONT');
    }
  });
});
