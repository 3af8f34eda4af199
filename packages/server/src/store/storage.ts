import { Database, type DatabaseOptions, type PoolStatistics } from '../database/database.ts';
import { type ListenHandlers, type Listening, openListening } from '../database/listening.ts';
import { migrate } from '../database/migrate.ts';
import type { Sql } from '../database/sql.ts';
import { createAdminEventStore } from './admin-event-store.ts';
import { createAuthenticationSessionStore } from './authentication-session-store.ts';
import { createAuthorizationStores } from './authorization-store.ts';
import { createClientScopeStore } from './client-scope-store.ts';
import { createClientStore } from './client-store.ts';
import { createConsentStore } from './consent-store.ts';
import { createCredentialStore } from './credential-store.ts';
import { createEventStore } from './event-store.ts';
import { createFederatedIdentityStore } from './federated-identity-store.ts';
import { createGroupStore } from './group-store.ts';
import { createInitialAccessStore } from './initial-access-store.ts';
import { createJgroupsPingStore } from './jgroups-ping-store.ts';
import { createLoginFailureStore } from './login-failure-store.ts';
import { createOutboxStore } from './outbox-store.ts';
import { createRealmKeyStore } from './realm-key-store.ts';
import { createRealmStore } from './realm-store.ts';
import { createRevokedTokenStore } from './revoked-token-store.ts';
import { createRoleStore } from './role-store.ts';
import { createServerConfigStore } from './server-config-store.ts';
import { createClusterTaskStore, createNotificationStore, createServerNodeStore } from './server-node-store.ts';
import { createSessionStore } from './session-store.ts';
import { createSingleUseStore } from './single-use-store.ts';
import type { Storage, Stores } from './stores.ts';
import { createUserStore } from './user-store.ts';

/** The storage with what operators and health checks ask of it. */
export interface OpenStorage extends Storage {
  /** Hears what is sent to the channels, on a connection of its own that is opened again whenever it breaks. */
  listen(channels: readonly string[], handlers: ListenHandlers): Listening;
  /** Rejects if the database does not answer within the limits of the pool. */
  check(): Promise<void>;
  poolStatistics(): PoolStatistics;
}

/**
 * Connects, brings the schema up to date and gives the stores.
 * @throws ServerError KG_DATABASE_UNAVAILABLE, KG_DATABASE_FOREIGN, KG_DATABASE_VERSION.
 */
export async function openStorage(options: DatabaseOptions): Promise<OpenStorage> {
  const database = new Database(options);
  try {
    await migrate(database, options.target.schema, options.logger);
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    stores: storesOver(database),
    transaction: (work) => database.transaction((sql) => work(storesOver(sql))),
    check: () => database.probe(),
    poolStatistics: () => database.statistics,
    listen: (channels, handlers) => openListening(options, channels, handlers),
    close: () => database.close(),
  };
}

function storesOver(sql: Sql): Stores {
  return {
    realms: createRealmStore(sql),
    keys: createRealmKeyStore(sql),
    clients: createClientStore(sql),
    clientScopes: createClientScopeStore(sql),
    initialAccess: createInitialAccessStore(sql),
    roles: createRoleStore(sql),
    groups: createGroupStore(sql),
    users: createUserStore(sql),
    authorization: createAuthorizationStores(sql),
    credentials: createCredentialStore(sql),
    consents: createConsentStore(sql),
    federatedIdentities: createFederatedIdentityStore(sql),
    events: createEventStore(sql),
    adminEvents: createAdminEventStore(sql),
    sessions: createSessionStore(sql),
    revokedTokens: createRevokedTokenStore(sql),
    serverConfig: createServerConfigStore(sql),
    outbox: createOutboxStore(sql),
    jgroupsPing: createJgroupsPingStore(sql),
    singleUse: createSingleUseStore(sql),
    loginFailures: createLoginFailureStore(sql),
    authenticationSessions: createAuthenticationSessionStore(sql),
    serverNodes: createServerNodeStore(sql),
    clusterTasks: createClusterTaskStore(sql),
    notifications: createNotificationStore(sql),
  };
}
