import { describe, expect, it } from 'vitest';
import { configureCaches } from '../cache/cache-configuration.ts';
import type { Changes, Directory, State } from '../cache/contracts.ts';
import type { Storage } from '../store/stores.ts';
import { FakeCluster } from '../testing/fake-grid.ts';
import { clientFixture, realmFixture } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { MemorySessionStore } from '../testing/memory-session-store.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { newClientSession, newSession } from '../testing/sessions-testbed.ts';
import { openEmbeddedBackend } from './embedded-backend.ts';
import { openState } from './open-state.ts';

function open() {
  const clock = new ManualClock();
  const cluster = new FakeCluster(clock, ['n1', 'n2']);
  const realm = realmFixture();
  const sessions = new MemorySessionStore();
  const revoked = new Map([['jti-1', clock.nowSeconds() + 100]]);
  const mirrored: string[][] = [];
  const stores = {
    sessions,
    realms: { list: async () => [realm] },
    revokedTokens: {
      insert: async (id: string, expire: number) => void revoked.set(id, expire),
      has: async (id: string) => revoked.has(id),
      list: async () => [...revoked].map(([id, expire]) => ({ id, expire })),
      removeExpired: async () => 0,
    },
    initialAccess: { removeSpent: async () => 0 },
    jgroupsPing: {
      replace: async (_: string, rows: readonly { name: string }[]) => void mirrored.push(rows.map((row) => row.name)),
      list: async () => [],
    },
  };
  const expired: string[] = [];
  const settings = {
    caches: configureCaches({ mode: 'ispn', persistentUserSessions: true, owners: { actionTokens: 1 } }),
    persistentUserSessions: true,
    stateless: false,
    local: false,
    clusterName: 'ISPN',
    attachRoute: true,
    persistRevokedTokens: true,
  };
  const start = async (node: number): Promise<State & Disposable> => {
    const parts = { storage: { stores } as unknown as Storage, clock, logger: quietLogger, settings };
    const loginFailureRule = { argument: () => ({}), apply: () => ({ failure: undefined, verdict: 'go' }) as const };
    const backend = await openEmbeddedBackend(cluster.node(node), { ...parts, loginFailureRule });
    const state = openState({
      backend,
      stores: parts.storage.stores,
      directory: {} as Directory,
      changes: {} as Changes,
      clock,
      logger: quietLogger,
      onExpired: async (_, sessions) => void expired.push(...sessions.map(({ id }) => id)),
    });
    return {
      ...state,
      [Symbol.dispose]: () => {
        state[Symbol.dispose]();
        void backend[Symbol.asyncDispose]();
      },
    };
  };
  return { clock, cluster, realm, mirrored, expired, start };
}

describe('the state floor of a node', () => {
  it('opens every cache, loads revocations and mirrors the view', async () => {
    const { mirrored, start } = open();
    using state = await start(0);
    expect(await state.singleUseObjects.isTokenRevoked('jti-1')).toBe(true);
    expect(mirrored).toEqual([['n1', 'n2']]);
  });

  it('loads revocations again when copies were lost', async () => {
    const { cluster, start } = open();
    using state = await start(0);
    cluster.lose('actionTokens');
    await expect.poll(() => state.singleUseObjects.isTokenRevoked('jti-1')).toBe(true);
  });

  it('sweeps expired sessions as a task of the cluster', async () => {
    const bed = open();
    const { realm, clock, cluster, expired, start } = bed;
    using state = await start(0);
    const session = newSession(bed);
    await state.userSessions.create(realm, session, newClientSession(session, clientFixture(realm)));
    const task = cluster.node(0).scheduled.get('session-sweeper');
    await task?.(new AbortController().signal);
    expect(expired).toEqual([]);
    clock.advanceSeconds(realm.ssoSessionMaxLifespan + 181);
    await task?.(new AbortController().signal);
    expect(expired).toEqual([session.id]);
  });

  it('ends its tasks when it is closed', async () => {
    const { cluster, start } = open();
    const state = await start(1);
    state[Symbol.dispose]();
    expect(cluster.node(1).scheduled.size).toBe(0);
  });
});
