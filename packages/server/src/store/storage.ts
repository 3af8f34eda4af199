import { Database, type DatabaseOptions, type PoolStatistics } from '../database/database.ts';
import { migrate } from '../database/migrate.ts';
import type { Sql } from '../database/sql.ts';
import { createClientScopeStore } from './client-scope-store.ts';
import { createClientStore } from './client-store.ts';
import { createCredentialStore } from './credential-store.ts';
import { createGroupStore } from './group-store.ts';
import { createJgroupsPingStore } from './jgroups-ping-store.ts';
import { createOutboxStore } from './outbox-store.ts';
import { createRealmKeyStore } from './realm-key-store.ts';
import { createRealmStore } from './realm-store.ts';
import { createRevokedTokenStore } from './revoked-token-store.ts';
import { createRoleStore } from './role-store.ts';
import { createServerConfigStore } from './server-config-store.ts';
import { createSessionStore } from './session-store.ts';
import type { Storage, Stores } from './stores.ts';
import { createUserStore } from './user-store.ts';

/** The storage with what operators and health checks ask of it. */
export interface OpenStorage extends Storage {
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
    async check() {
      await database.rows('health', 'SELECT 1');
    },
    poolStatistics: () => database.statistics,
    close: () => database.close(),
  };
}

function storesOver(sql: Sql): Stores {
  return {
    realms: createRealmStore(sql),
    keys: createRealmKeyStore(sql),
    clients: createClientStore(sql),
    clientScopes: createClientScopeStore(sql),
    roles: createRoleStore(sql),
    groups: createGroupStore(sql),
    users: createUserStore(sql),
    credentials: createCredentialStore(sql),
    sessions: createSessionStore(sql),
    revokedTokens: createRevokedTokenStore(sql),
    serverConfig: createServerConfigStore(sql),
    outbox: createOutboxStore(sql),
    jgroupsPing: createJgroupsPingStore(sql),
  };
}
