import type { LoginFailure, RootAuthenticationSession } from '../../model/index.ts';
import { GroupCommit } from '../../session/group-commit.ts';
import { noSessionCopies } from '../../session/no-session-copies.ts';
import { createPersistentUserSessions } from '../../session/persistent-user-sessions.ts';
import { splitUserSessions } from '../../session/split-user-sessions.ts';
import { createVolatileUserSessions } from '../../session/volatile-user-sessions.ts';
import type { Storage } from '../../store/stores.ts';
import type { BackendParts, StateBackend } from '../backend.ts';
import { DatabaseBus } from '../database/database-bus.ts';
import { DatabaseMember, leaseMs } from '../database/database-member.ts';
import { createDatabaseTasks } from '../database/database-tasks.ts';
import { stateSweepIntervalMs, sweepState } from '../database/sweep-state.ts';
import { stateMode } from '../mode.ts';
import { createRemoteAuthenticationSessions } from './authentication-sessions.ts';
import { claimInDatabase } from './claims.ts';
import { Echoes } from './echoes.ts';
import { ExactCache } from './exact-cache.ts';
import { LinkMetrics } from './link-metrics.ts';
import { createRemoteLoginFailures } from './login-failures.ts';
import type { RemoteAddress, RemoteEngine } from './remote-connection.ts';
import { RemoteLink } from './remote-link.ts';
import { createRemoteSingleUseObjects } from './single-use-objects.ts';
import { remoteVolatileMaps } from './volatile-maps.ts';

export interface RemoteBackendOptions<Argument> extends BackendParts<Argument> {
  readonly storage: Storage;
  readonly engine: RemoteEngine;
  readonly addresses: readonly RemoteAddress[];
  /**
   * The engine copies to other sites: its word that a write was done is not enough, and that something was used once is agreed on in the database,
   * which all sites share.
   */
  readonly hasOtherSites?: boolean | undefined;
  /** How long a request waits for the engine, with all its repetitions; tests make it short. */
  readonly budgetMs?: number | undefined;
  /** Names the node's row; letters and digits. */
  readonly nodeId: string;
  readonly nodeName: string;
  /** Calls `tick` every so many milliseconds until disposed. */
  readonly every: (intervalMs: number, tick: () => void) => Disposable;
}

/** How long a writer waits for nodes that live and do not answer: then their leases are over, and all have read the outbox. */
const patienceMs = leaseMs;
/** How long a message may take to the engine; the outbox brings what it did not take. */
const messageWithinMs = 1_000;

/**
 * State on an external engine (features `multi-site`, `clusterless`). Nodes speak to each other through its work channel alone; who they are
 * stands in the database, which all sites share, and so do persistent sessions.
 */
export async function remoteBackend<Argument>(options: RemoteBackendOptions<Argument>): Promise<StateBackend> {
  const { storage, clock, settings, every, nodeId: id, engine, addresses } = options;
  const { stores } = storage;
  const logger = options.logger.of('org.keycloak.cluster.infinispan');
  const closing = new AsyncDisposableStack();
  const counts = options.metrics?.enabled === true ? new LinkMetrics(options.metrics) : undefined;
  const echoes = new Echoes({
    nodeId: id,
    publish: (message) => link.once((connection) => connection.publish([message]), messageWithinMs),
    observe: (heard, tookMs) => counts?.echo(heard, tookMs),
    changed: (carries) => {
      if (carries) logger.info(`Messages come back through the external ${engine.name} again; this node is ready as far as that goes`);
      else
        logger.warn(
          `Messages to this node itself do not come back through the external ${engine.name}: it takes no writes, or another site to which it has to copy them does not answer. Readiness and /lb-check are down until they do`,
        );
    },
  });
  const member = new DatabaseMember({
    store: stores.serverNodes,
    node: { id, name: options.nodeName, clusterName: settings.clusterName, mode: stateMode(settings) },
    logger,
    monotonicMs: () => performance.now(),
    every,
    heard: async () => link.connected && echoes.heard(),
    catchUp: async () => {
      // Without the channel nothing of the database is kept, every beat drops the rest, and writers do not wait for this node.
      member.deafen();
      member.gap();
      return true;
    },
  });
  const bus = new DatabaseBus({
    member,
    nodes: stores.serverNodes,
    notifications: {
      notify: (channel, payloads) =>
        link.once((connection) => connection.publish(payloads.map((payload) => ({ channel, payload }))), messageWithinMs),
    },
    logger,
    patienceMs,
  });
  const link = new RemoteLink({
    engine,
    addresses,
    every,
    budgetMs: options.budgetMs,
    observer: counts,
    logger: options.logger.of('org.keycloak.connections.infinispan'),
    onMessage: ({ channel, payload }) => {
      if (!echoes.receive(channel, payload)) bus.receive(channel, payload);
    },
    // What was sent while nobody listened is unknown: nothing that is cached may be served after it.
    onUp: () => {
      member.gap();
      void member.beat();
    },
    onDown: () => {
      member.suspend();
      member.gap();
      void member.beat();
    },
  });
  closing.use(link);
  counts?.watch(link);
  try {
    await link.start();
    closing.use(member);
    await member.start();
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
  const cache = <V>(name: string): ExactCache<V> =>
    new ExactCache<V>({ link, name, nowMs: () => clock.nowMs(), readsBack: options.hasOtherSites });
  const tasks = createDatabaseTasks({ store: stores.clusterTasks, nodeId: id, fenced: () => member.fenced, every, logger });
  if (options.hasOtherSites === true)
    closing.use(
      tasks.schedule('state-sweeper', stateSweepIntervalMs, async (signal) => void (await sweepState(stores, clock.nowMs(), signal))),
    );
  const persistent = createPersistentUserSessions({
    store: stores.sessions,
    writer: new GroupCommit(stores.sessions),
    online: noSessionCopies,
    offline: noSessionCopies,
    nowSeconds: () => clock.nowSeconds(),
  });
  const volatile = () =>
    createVolatileUserSessions({
      maps: remoteVolatileMaps(cache('sessions'), cache('clientSessions'), () => clock.nowMs()),
      nowSeconds: () => clock.nowSeconds(),
    });
  return {
    authenticationSessions: createRemoteAuthenticationSessions(
      cache<RootAuthenticationSession>('authenticationSessions'),
      clock,
      settings.maxTabs,
    ),
    userSessions: settings.persistentUserSessions ? persistent : splitUserSessions(volatile(), persistent),
    singleUseObjects: createRemoteSingleUseObjects(
      cache('actionTokens'),
      stores.revokedTokens,
      clock,
      options.hasOtherSites === true ? claimInDatabase(stores.singleUse, clock) : undefined,
    ),
    loginFailures: createRemoteLoginFailures(cache<LoginFailure>('loginFailures'), options.loginFailureRule, clock),
    bus,
    tasks,
    membership: {
      get ready() {
        return member.ready && link.connected && echoes.carries;
      },
      get fenced() {
        return member.fenced;
      },
      get size() {
        return member.size;
      },
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
