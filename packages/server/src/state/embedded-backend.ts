import { randomBytes } from 'node:crypto';
import type { GridNode } from '@keygrid/grid';
import { createAuthenticationSessions } from '../cache/authentication-sessions.ts';
import type { UserSessions } from '../cache/contracts.ts';
import { createInvalidationBus } from '../cache/invalidation-bus.ts';
import { mirrorJgroupsPing } from '../cache/jgroups-ping.ts';
import { createLoginFailures } from '../cache/login-failures.ts';
import { OWNER_WAIT_MS } from '../cache/passing-error.ts';
import { createSingleUseObjects } from '../cache/single-use-objects.ts';
import { GroupCommit } from '../session/group-commit.ts';
import { createPersistentUserSessions } from '../session/persistent-user-sessions.ts';
import { SessionCopies } from '../session/session-copies.ts';
import { splitUserSessions } from '../session/split-user-sessions.ts';
import { gridVolatileMaps } from '../session/volatile-maps.ts';
import { createVolatileUserSessions } from '../session/volatile-user-sessions.ts';
import type { BackendParts, StateBackend } from './backend.ts';
import type { Membership } from './membership.ts';

/** State on the grid that this server forms itself (`cache=ispn`), or on this node's share of it alone (`cache=local`). */
export async function openEmbeddedBackend<Argument>(grid: GridNode, parts: BackendParts<Argument>): Promise<StateBackend> {
  const { storage, clock, settings } = parts;
  const logger = parts.logger.of('org.keycloak.connections.infinispan');
  const table = settings.caches.caches;
  const singleUseObjects = createSingleUseObjects({
    grid,
    clock,
    configuration: table.actionTokens,
    revokedTokens: settings.persistRevokedTokens ? storage.stores.revokedTokens : undefined,
    logger,
  });
  await singleUseObjects.loadRevokedTokens();

  const subscriptions = new DisposableStack();
  subscriptions.use(
    grid.on('lost', () => {
      singleUseObjects.loadRevokedTokens().catch((error: unknown) => logger.warn('revoked tokens could not be loaded again', { error }));
    }),
  );
  subscriptions.use(mirrorJgroupsPing({ grid, store: storage.stores.jgroupsPing, clusterName: settings.clusterName, clock, logger }));
  return {
    authenticationSessions: createAuthenticationSessions({
      grid,
      clock,
      configuration: table.authenticationSessions,
      maxTabs: settings.maxTabs,
      attachRoute: settings.attachRoute,
    }),
    userSessions: openUserSessions(grid, parts),
    singleUseObjects,
    loginFailures: createLoginFailures({ grid, configuration: table.loginFailures, rule: parts.loginFailureRule }),
    bus: createInvalidationBus(grid, parts.logger.of('org.keycloak.cluster.infinispan')),
    tasks: { schedule: (name, intervalMs, task) => grid.schedule(name, intervalMs, ({ signal }) => task(signal)) },
    membership: membershipOf(grid),
    [Symbol.asyncDispose]: async () => subscriptions.dispose(),
  };
}

function membershipOf(grid: GridNode): Membership {
  return {
    get ready() {
      return grid.ready;
    },
    get fenced() {
      return grid.fenced;
    },
    get size() {
      return grid.view.members.length;
    },
  };
}

function openUserSessions<Argument>(grid: GridNode, { storage, clock, settings, logger }: BackendParts<Argument>): UserSessions {
  const table = settings.caches.caches;
  const copyOptions = {
    logger: logger.of('org.keycloak.connections.infinispan'),
    readTimeoutMs: OWNER_WAIT_MS,
    newTicket: () => randomBytes(9).toString('base64url'),
  };
  const nowSeconds = () => clock.nowSeconds();
  const offline = new SessionCopies(
    grid,
    { sessions: table.offlineSessions, clientSessions: table.offlineClientSessions },
    {
      ...copyOptions,
      sessionLifespanMs: settings.offlineSessionCopyMs,
      clientSessionLifespanMs: settings.offlineClientSessionCopyMs,
    },
  );
  const online = { sessions: table.sessions, clientSessions: table.clientSessions };
  const persistent = createPersistentUserSessions({
    store: storage.stores.sessions,
    writer: new GroupCommit(storage.stores.sessions),
    // Volatile sessions own the online caches; the database then holds offline sessions alone.
    online: settings.persistentUserSessions ? new SessionCopies(grid, online, copyOptions) : offline,
    offline,
    nowSeconds,
  });
  return settings.persistentUserSessions
    ? persistent
    : splitUserSessions(createVolatileUserSessions({ maps: gridVolatileMaps(grid, online), nowSeconds }), persistent);
}
