import { randomBytes, randomUUID } from 'node:crypto';
import { configureCaches } from '../cache/cache-configuration.ts';
import type { UserSessions } from '../cache/contracts.ts';
import type { Client, ClientSession, Realm, UserSession } from '../model/index.ts';
import { GroupCommit } from '../session/group-commit.ts';
import { createPersistentUserSessions } from '../session/persistent-user-sessions.ts';
import { SessionCopies } from '../session/session-copies.ts';
import { splitUserSessions } from '../session/split-user-sessions.ts';
import { gridVolatileMaps } from '../session/volatile-maps.ts';
import { createVolatileUserSessions } from '../session/volatile-user-sessions.ts';
import type { SessionStore } from '../store/stores.ts';
import { FakeCluster } from './fake-grid.ts';
import { clientFixture, clientSessionFixture, realmFixture, sessionFixture, userFixture } from './fixtures.ts';
import { ManualClock } from './manual-clock.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { quietLogger } from './quiet-logger.ts';

/** One member's part: its own writer, and copies on the shared fake grid. */
function openNode(
  cluster: FakeCluster,
  index: number,
  store: SessionStore,
  clock: ManualClock,
): { sessions: UserSessions; writer: GroupCommit } {
  const options = { logger: quietLogger, readTimeoutMs: 1_000, newTicket: () => randomBytes(9).toString('base64url') };
  const { caches } = configureCaches({ mode: 'ispn', persistentUserSessions: true });
  const grid = cluster.node(index);
  const writer = new GroupCommit(store);
  const sessions = createPersistentUserSessions({
    store,
    writer,
    online: new SessionCopies(grid, { sessions: caches.sessions, clientSessions: caches.clientSessions }, options),
    offline: new SessionCopies(grid, { sessions: caches.offlineSessions, clientSessions: caches.offlineClientSessions }, options),
    nowSeconds: () => clock.nowSeconds(),
  });
  return { sessions, writer };
}

export interface SessionsTestbed<S extends SessionStore> {
  readonly realm: Realm;
  readonly otherRealm: Realm;
  readonly client: Client;
  readonly clock: ManualClock;
  readonly cluster: FakeCluster;
  readonly store: S;
  readonly writers: readonly GroupCommit[];
  readonly node: (index: number) => UserSessions;
}

/** `count` nodes over one store: the given one, or tables in memory. */
export function openSessions(count: number): SessionsTestbed<MemorySessionStore>;
export function openSessions<S extends SessionStore>(count: number, store: S, realm: Realm): SessionsTestbed<S>;
export function openSessions(
  count: number,
  store: SessionStore = new MemorySessionStore(),
  realm: Realm = realmFixture(),
): SessionsTestbed<SessionStore> {
  const clock = new ManualClock(Math.floor(Date.now() / 1000) * 1000);
  const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const cluster = new FakeCluster(clock, names);
  const nodes = names.map((_, index) => openNode(cluster, index, store, clock));
  const node = (index: number): UserSessions => {
    const found = nodes[index];
    if (found === undefined) throw new RangeError(`there is no node ${index}`);
    return found.sessions;
  };
  const writers = nodes.map((one) => one.writer);
  return { realm, otherRealm: realmFixture({ realm: 'other' }), client: clientFixture(realm), clock, cluster, store, writers, node };
}

/** `count` nodes whose online sessions live on the grid alone. */
export function openVolatileSessions(count: number): Omit<SessionsTestbed<MemorySessionStore>, 'store' | 'writers'> {
  const bed = openSessions(count);
  const { caches } = configureCaches({ mode: 'ispn', persistentUserSessions: false });
  const nodes = bed.cluster.nodes.map((grid, index) => {
    const maps = gridVolatileMaps(grid, { sessions: caches.sessions, clientSessions: caches.clientSessions });
    return splitUserSessions(createVolatileUserSessions({ maps, nowSeconds: () => bed.clock.nowSeconds() }), bed.node(index));
  });
  return {
    ...bed,
    node: (index) => {
      const found = nodes[index];
      if (found === undefined) throw new RangeError(`there is no node ${index}`);
      return found;
    },
  };
}

/** A session as a login makes it, started now. */
export function newSession(bed: { realm: Realm; clock: ManualClock }, overrides: Partial<UserSession> = {}): UserSession {
  const now = bed.clock.nowSeconds();
  const id = randomBytes(18).toString('base64url');
  const user = userFixture(bed.realm, { id: 'user-1' });
  return sessionFixture(bed.realm, user, { id, started: now, lastSessionRefresh: now, version: 0, ...overrides });
}

export function newClientSession(session: UserSession, client: Client, overrides: Partial<ClientSession> = {}): ClientSession {
  return clientSessionFixture(session, client, { started: session.started, timestamp: session.started, version: 0, ...overrides });
}

/** A further client of the same realm. */
export function furtherClient(bed: { realm: Realm }): Client {
  const id = randomUUID();
  return clientFixture(bed.realm, { id, clientId: `client-${id.slice(0, 8)}` });
}
