import { configureCaches } from '../cache/cache-configuration.ts';
import { bruteForceRule } from '../security/login-steps.ts';
import type { Storage } from '../store/stores.ts';
import { FakeCluster } from '../testing/fake-grid.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { MemorySessionStore } from '../testing/memory-session-store.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import type { StateBed } from '../testing/state-contract/bed.ts';
import { describeStateContract } from '../testing/state-contract/state-contract.ts';
import { openEmbeddedBackend } from './embedded-backend.ts';

/** Three members over tables in memory and a clock that the tests move. */
async function openBed(persistentUserSessions: boolean): Promise<StateBed> {
  const clock = new ManualClock(1_800_000_000_000);
  const cluster = new FakeCluster(clock, ['n1', 'n2', 'n3']);
  const revoked = new Map<string, number>();
  const stores = {
    sessions: new MemorySessionStore(),
    revokedTokens: {
      insert: async (id: string, expire: number) => void revoked.set(id, Math.max(expire, revoked.get(id) ?? 0)),
      has: async (id: string, now: number) => (revoked.get(id) ?? 0) > now,
      list: async () => [...revoked].map(([id, expire]) => ({ id, expire })),
      removeExpired: async () => 0,
    },
    jgroupsPing: { replace: async () => undefined, list: async () => [] },
  };
  const settings = {
    caches: configureCaches({ mode: 'ispn', persistentUserSessions }),
    persistentUserSessions,
    stateless: false,
    local: false,
    clusterName: 'ISPN',
    attachRoute: true,
    persistRevokedTokens: true,
  };
  const parts = { storage: { stores } as unknown as Storage, clock, logger: quietLogger, settings, loginFailureRule: bruteForceRule };
  const nodes = await Promise.all(cluster.nodes.map((grid) => openEmbeddedBackend(grid, parts)));
  return {
    nodes,
    clock,
    advance: async (seconds) => clock.advanceSeconds(seconds),
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]();
    },
  };
}

const common = { realTime: false, runsTasks: false };
describeStateContract('the grid with persistent sessions', { ...common, open: () => openBed(true) });
describeStateContract('the grid with volatile sessions', { ...common, open: () => openBed(false) });
