import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk, type TokenSet } from '../bench/drivers/login-walk.ts';
import { startTestCluster, type TestCluster, until, walker } from './support/test-cluster.ts';

/** The steps of a login, each on the node that the caller chooses. */
const STEPS = ['page', 'password', 'exchange', 'refresh'] as const;

describe('a login over three nodes', () => {
  let cluster: TestCluster;
  const base = (index: number): string => cluster.server.bases[index % 3] as string;

  beforeAll(async () => {
    cluster = await startTestCluster(3);
  });
  afterAll(() => cluster?.stop());

  async function clusterSize(index: number): Promise<number> {
    const metrics = await call(`${cluster.server.managementBases[index]}/metrics`);
    return Number(/^vendor_cluster_size\{[^}]*\} ([\d.]+)/m.exec(metrics.text)?.[1]);
  }

  /** Runs the four steps; before step `killBefore` node `victim` is killed, and every later step uses the other two. */
  async function walk(user: number, victim: number | undefined, killBefore: (typeof STEPS)[number] | undefined): Promise<TokenSet> {
    const login = new LoginWalk(walker(user));
    const alive = [0, 1, 2];
    let turn = 0;
    let tokens: TokenSet | undefined;
    for (const step of STEPS) {
      if (step === killBefore && victim !== undefined) {
        cluster.server.signal(victim, 'SIGKILL');
        alive.splice(alive.indexOf(victim), 1);
      }
      // The victim works until it dies, so that what it held must survive it.
      const node = killBefore !== undefined && alive.length === 3 && victim !== undefined ? victim : (alive[turn % alive.length] as number);
      turn += 1;
      if (step === 'page') await login.page(base(node));
      else if (step === 'password') await login.password(base(node));
      else if (step === 'exchange') tokens = await login.exchange(base(node));
      else tokens = await login.refresh(base(node), tokens?.refresh_token ?? '');
    }
    return tokens as TokenSet;
  }

  async function bringBack(victim: number): Promise<void> {
    await cluster.server.startNode(victim);
    await until('all nodes count three members', async () => (await Promise.all([0, 1, 2].map(clusterSize))).every((size) => size === 3));
  }

  it('has its page on one node, its password on another, its code and its refresh on others', async () => {
    const tokens = await walk(0, undefined, undefined);
    const login = new LoginWalk(walker(0));
    expect(await login.userinfo(base(0), tokens.access_token)).toMatchObject({ preferred_username: 'user0' });
    expect(await login.introspect(base(1), tokens.access_token)).toMatchObject({ active: true });
  });

  /** Index of the node that coordinates, from the table that operators look at. */
  async function coordinator(): Promise<number> {
    const [row] = await cluster.database.query('select name from jgroups_ping where coord order by address limit 1');
    return Number(String(row?.['name']).slice(1)) - 1;
  }

  it.each(['password', 'exchange', 'refresh'] as const)(
    'goes on when the coordinator, which served it so far, is killed before its %s step',
    async (step) => {
      const victim = await coordinator();
      const tokens = await walk(1, victim, step);
      expect(tokens.access_token).toContain('.');
      await bringBack(victim);
    },
  );

  it.each(['password', 'exchange', 'refresh'] as const)(
    'goes on when another member, which served it so far, is killed before its %s step',
    async (step) => {
      const victim = ((await coordinator()) + 1) % 3;
      const tokens = await walk(2, victim, step);
      expect(tokens.access_token).toContain('.');
      await bringBack(victim);
    },
  );

  it('answers on the other nodes while one is frozen, evicts only that one, and takes it back', async () => {
    const victim = ((await coordinator()) + 1) % 3;
    const others = [0, 1, 2].filter((index) => index !== victim);
    const login = new LoginWalk(walker(3));
    let tokens = await login.login(base(victim), base(others[0] ?? 0), base(others[1] ?? 0));
    cluster.server.signal(victim, 'SIGSTOP');
    try {
      for (let round = 0; round < 20; round += 1) {
        const node = base(others[round % 2] ?? 0);
        tokens = await login.refresh(node, tokens.refresh_token);
        await new LoginWalk(walker(4 + (round % 3))).login(node);
      }
      await until('the others count two members', async () => (await Promise.all(others.map(clusterSize))).every((size) => size === 2));
    } finally {
      cluster.server.signal(victim, 'SIGCONT');
    }
    await until('all nodes count three members', async () => (await Promise.all([0, 1, 2].map(clusterSize))).every((size) => size === 3));
    await until(
      'the node that was frozen serves again',
      async () => (await call(`${cluster.server.managementBases[victim]}/health/ready`)).status === 200,
    );
    await login.refresh(base(victim), tokens.refresh_token);
  });

  it('keeps people logged in through a restart of all nodes at once', async () => {
    const login = new LoginWalk(walker(5));
    const tokens = await login.login(base(0), base(1), base(2));
    await Promise.all([0, 1, 2].map((index) => cluster.server.stopNode(index)));
    await Promise.all([0, 1, 2].map((index) => cluster.server.startNode(index)));
    const refreshed = await login.refresh(base(1), tokens.refresh_token);
    expect(refreshed.session_state).toBe(tokens.session_state);
    await login.sso(base(2));
    expect((await login.exchange(base(0))).session_state).toBe(tokens.session_state);
  });
});
