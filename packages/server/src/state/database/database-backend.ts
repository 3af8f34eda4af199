import { setTimeout as delay } from 'node:timers/promises';
import { GroupCommit } from '../../session/group-commit.ts';
import { noSessionCopies } from '../../session/no-session-copies.ts';
import { createPersistentUserSessions } from '../../session/persistent-user-sessions.ts';
import type { OpenStorage } from '../../store/storage.ts';
import type { BackendParts, StateBackend } from '../backend.ts';
import { createDatabaseAuthenticationSessions } from './authentication-sessions.ts';
import { acknowledgementChannel, DatabaseBus, workChannel } from './database-bus.ts';
import { DatabaseMember } from './database-member.ts';
import { createDatabaseTasks } from './database-tasks.ts';
import { createDatabaseLoginFailures } from './login-failures.ts';
import { createDatabaseSingleUseObjects } from './single-use-objects.ts';
import { stateSweepIntervalMs, sweepState } from './sweep-state.ts';

export interface DatabaseBackendOptions<Argument> extends BackendParts<Argument> {
  readonly storage: OpenStorage;
  /** Names the node's row; letters and digits. */
  readonly nodeId: string;
  readonly nodeName: string;
  /** Calls `tick` every so many milliseconds until disposed. */
  readonly every: (intervalMs: number, tick: () => void) => Disposable;
}

/** How long a start waits for the connection that listens. */
const listenWithinMs = 3_000;

/** State in the database alone (feature `stateless`): the nodes share nothing else and speak to each other through nothing else. */
export async function openDatabaseBackend<Argument>(options: DatabaseBackendOptions<Argument>): Promise<StateBackend> {
  const { storage, clock, settings, every, nodeId: id } = options;
  const { stores } = storage;
  const logger = options.logger.of('org.keycloak.cluster.infinispan');
  const closing = new AsyncDisposableStack();
  let warned = false;
  const firstListening = Promise.withResolvers<void>();
  const member = new DatabaseMember({
    store: stores.serverNodes,
    node: { id, name: options.nodeName, clusterName: settings.clusterName, mode: 'stateless' },
    logger,
    monotonicMs: () => performance.now(),
    every,
    heard: () => listening.caughtUp(),
    catchUp: async () => {
      // Without notifications every beat drops what is cached: slow, but a second old at most.
      if (!warned)
        logger.warn(
          'Notifications of the database do not come through (a pooler in between?). Changes of other nodes are seen after up to a second.',
        );
      warned = true;
      member.gap();
      return true;
    },
  });
  const bus = new DatabaseBus({ member, nodes: stores.serverNodes, notifications: stores.notifications, logger });
  const listening = closing.use(
    storage.listen([workChannel, acknowledgementChannel(id)], {
      onNotification: (channel, payload) => bus.receive(channel, payload),
      onListening: () => {
        firstListening.resolve();
        member.gap();
        void member.beat();
      },
      onBroken: () => member.suspend(),
    }),
  );
  // Where it cannot be opened, the first beat says so.
  await Promise.race([firstListening.promise, delay(listenWithinMs, undefined, { ref: false })]);
  closing.use(member);
  await member.start();
  const tasks = createDatabaseTasks({ store: stores.clusterTasks, nodeId: id, fenced: () => member.fenced, every, logger });
  closing.use(
    tasks.schedule('state-sweeper', stateSweepIntervalMs, async (signal) => {
      await sweepState(stores, clock.nowMs(), signal);
    }),
  );
  const userSessions = createPersistentUserSessions({
    store: stores.sessions,
    writer: new GroupCommit(stores.sessions),
    online: noSessionCopies,
    offline: noSessionCopies,
    nowSeconds: () => clock.nowSeconds(),
  });
  return {
    authenticationSessions: createDatabaseAuthenticationSessions(stores.authenticationSessions, clock, settings.maxTabs),
    userSessions,
    singleUseObjects: createDatabaseSingleUseObjects(stores, clock),
    loginFailures: createDatabaseLoginFailures(stores.loginFailures, options.loginFailureRule, clock),
    bus,
    tasks,
    membership: member,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
