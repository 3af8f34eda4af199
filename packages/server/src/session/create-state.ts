import { randomBytes } from 'node:crypto';
import type { GridNode } from '@keygrid/grid';
import { createAuthenticationSessions } from '../cache/authentication-sessions.ts';
import type { Changes, Directory, State } from '../cache/contracts.ts';
import { mirrorJgroupsPing } from '../cache/jgroups-ping.ts';
import { createLoginFailures, type LoginFailureRule } from '../cache/login-failures.ts';
import { OWNER_WAIT_MS } from '../cache/passing-error.ts';
import { createSingleUseObjects } from '../cache/single-use-objects.ts';
import type { Clock } from '../model/clock.ts';
import type { Realm } from '../model/index.ts';
import type { Logger } from '../observability/logger.ts';
import type { Storage } from '../store/stores.ts';
import { GroupCommit } from './group-commit.ts';
import { createPersistentUserSessions } from './persistent-user-sessions.ts';
import { SessionCopies } from './session-copies.ts';
import { splitUserSessions } from './split-user-sessions.ts';
import type { StateSettings } from './state-settings.ts';
import { sweepIntervalMs, sweepSessions } from './sweeper.ts';
import { createVolatileUserSessions } from './volatile-user-sessions.ts';

export interface StateOptions<Argument> {
  readonly grid: GridNode;
  readonly storage: Storage;
  readonly directory: Directory;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly loginFailureRule: LoginFailureRule<Argument>;
  readonly settings: StateSettings;
  /** Told of each session that the sweeper removed. */
  readonly onExpired: (realm: Realm, session: { readonly id: string; readonly userId: string; readonly offline: boolean }) => void;
}

/** The state of a running node. Disposing ends its tasks and subscriptions, not the grid. */
export interface OpenState extends State, Disposable {
  readonly writer: GroupCommit;
}

/** Opens all caches of the state floor over a started grid and loads what has to be there before the first request. */
export async function createState<Argument>(options: StateOptions<Argument>): Promise<OpenState> {
  const { grid, storage, clock, settings } = options;
  const table = settings.caches.caches;
  const logger = options.logger.of('org.keycloak.connections.infinispan');
  for (const line of settings.caches.information) logger.info(line);

  const singleUseObjects = createSingleUseObjects({
    grid,
    clock,
    configuration: table.actionTokens,
    revokedTokens: settings.persistRevokedTokens ? storage.stores.revokedTokens : undefined,
    logger,
  });
  const writer = new GroupCommit(storage.stores.sessions);
  const copyOptions = { logger, readTimeoutMs: OWNER_WAIT_MS, newTicket: () => randomBytes(9).toString('base64url') };
  const nowSeconds = () => clock.nowSeconds();
  const offline = new SessionCopies(grid, { sessions: table.offlineSessions, clientSessions: table.offlineClientSessions }, copyOptions);
  const online = { sessions: table.sessions, clientSessions: table.clientSessions };
  const persistent = createPersistentUserSessions({
    store: storage.stores.sessions,
    writer,
    // Volatile sessions own the online caches; the database then holds offline sessions alone.
    online: settings.persistentUserSessions ? new SessionCopies(grid, online, copyOptions) : offline,
    offline,
    nowSeconds,
  });
  const userSessions = settings.persistentUserSessions
    ? persistent
    : splitUserSessions(createVolatileUserSessions({ grid, ...online, nowSeconds }), persistent);
  await singleUseObjects.loadRevokedTokens();

  const subscriptions = new DisposableStack();
  subscriptions.use(
    grid.on('lost', () => {
      singleUseObjects.loadRevokedTokens().catch((error: unknown) => logger.warn('revoked tokens could not be loaded again', { error }));
    }),
  );
  subscriptions.use(
    grid.schedule('session-sweeper', sweepIntervalMs, async (signal) => {
      await sweepSessions({ stores: storage.stores, clock, logger, onExpired: options.onExpired }, signal);
    }),
  );
  subscriptions.use(mirrorJgroupsPing({ grid, store: storage.stores.jgroupsPing, clusterName: settings.clusterName, clock, logger }));

  return {
    directory: options.directory,
    changes: options.changes,
    authenticationSessions: createAuthenticationSessions({
      grid,
      clock,
      configuration: table.authenticationSessions,
      maxTabs: settings.maxTabs,
      attachRoute: settings.attachRoute,
    }),
    userSessions,
    singleUseObjects,
    loginFailures: createLoginFailures({ grid, configuration: table.loginFailures, rule: options.loginFailureRule }),
    writer,
    [Symbol.dispose]: () => subscriptions.dispose(),
  };
}
