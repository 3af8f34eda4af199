import type pg from 'pg';
import { ServerError } from '../http/errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { Database } from './database.ts';
import { migrations } from './migrations/index.ts';

const oldestEngine = 140_000;
/** How long a node waits for another one that is bringing the schema up to date. */
const lockWaitMs = 60_000;
const newest = migrations.length;

/**
 * Brings the schema up to date. Any number of nodes may do it at once: one works under an advisory lock and in one transaction, the others
 * wait for it and find nothing left to do. A node that freezes meanwhile loses its connection, and with it the lock, after 2 s.
 * @throws ServerError KG_DATABASE_FOREIGN, KG_DATABASE_VERSION.
 */
export async function migrate(database: Database, schema: string | undefined, logger: Logger): Promise<void> {
  await database.withClient(async (client) => {
    await refuseOldEngine(client);
    if ((await appliedVersion(client)) === newest) return;
    await client.query(`SET lock_timeout = ${lockWaitMs}; SET statement_timeout = ${lockWaitMs}`);
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))', ['keygrid migrations', schema ?? '']);
    if (schema !== undefined) await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema.replaceAll('"', '""')}"`);
    const applied = await appliedVersion(client);
    if (applied < newest) {
      await refuseForeignSchema(client);
      await apply(client, applied);
      logger.info(`Database schema brought from version ${applied} to ${newest}`);
    }
    await client.query('COMMIT');
  });
}

async function apply(client: pg.PoolClient, from: number): Promise<void> {
  await client.query(`CREATE TABLE IF NOT EXISTS keygrid_migration (
    id integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
  for (const migration of migrations.slice(from)) {
    for (const statement of migration.statements) await client.query(statement);
    await client.query('INSERT INTO keygrid_migration (id, name) VALUES ($1, $2)', [migration.id, migration.name]);
  }
}

async function appliedVersion(client: pg.PoolClient): Promise<number> {
  if (!(await tableExists(client, 'keygrid_migration'))) return 0;
  const answer = await client.query<{ id: number }>('SELECT coalesce(max(id), 0)::integer AS id FROM keygrid_migration');
  const applied = answer.rows[0]?.id ?? 0;
  if (applied > newest) {
    throw new ServerError(
      'KG_DATABASE_VERSION',
      `The database schema has version ${applied}, this server knows ${newest}. Start a server at least as new as the one that migrated it.`,
    );
  }
  return applied;
}

async function refuseOldEngine(client: pg.PoolClient): Promise<void> {
  const answer = await client.query<{ number: string; text: string }>(
    "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS text",
  );
  const engine = answer.rows[0];
  if (engine && Number(engine.number) < oldestEngine) {
    throw new ServerError('KG_DATABASE_VERSION', `The database is PostgreSQL ${engine.text}; 14 to 18 are supported.`);
  }
}

async function refuseForeignSchema(client: pg.PoolClient): Promise<void> {
  if (!(await tableExists(client, 'databasechangelog'))) return;
  throw new ServerError(
    'KG_DATABASE_FOREIGN',
    'This database holds the tables of a Keycloak server (databasechangelog). Export its realms there (kc.sh export --dir <folder> --users realm_file), give this server an empty database (db-url) or schema (db-schema), and import them (keygrid import --dir <folder>).',
  );
}

/** In the schema of the connection, not in others of its search path. */
async function tableExists(client: pg.PoolClient, table: string): Promise<boolean> {
  const answer = await client.query('SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1', [table]);
  return answer.rows.length > 0;
}
