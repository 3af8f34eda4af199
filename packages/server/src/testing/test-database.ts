import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '@keygrid/embedded-postgres';
import pg from 'pg';
import { parseDatabaseUrl } from '../config/database-url.ts';
import type { DatabaseOptions } from '../database/database.ts';
import { type OpenStorage, openStorage } from '../store/storage.ts';
import { quietLogger } from './quiet-logger.ts';

const localServer = 'postgres://postgres:postgres@127.0.0.1:5432/postgres';

/** A database of its own on a real PostgreSQL, dropped at the end. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly options: DatabaseOptions;
  /** Runs a statement outside of the stores. */
  execute(statement: string, values?: unknown[]): Promise<pg.QueryResult>;
}

/** On KEYGRID_TEST_DB_URL, else on the PostgreSQL of this machine, else on an embedded one. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const name = `keygrid_test_${randomBytes(6).toString('hex')}`;
  await executeOn(server.url, `CREATE DATABASE ${name}`);
  const address = new URL(server.url);
  address.pathname = `/${name}`;
  return {
    url: address.href,
    options: { target: parseDatabaseUrl(address.href), logger: quietLogger, poolMaxSize: 8 },
    execute: (statement, values) => executeOn(address.href, statement, values),
    async [Symbol.asyncDispose]() {
      await executeOn(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await server.stop();
    },
  };
}

/** The stores on a database of their own. */
export async function openTestStorage(): Promise<AsyncDisposable & { readonly database: TestDatabase; readonly storage: OpenStorage }> {
  const database = await openTestDatabase();
  const storage = await openStorage(database.options);
  return {
    database,
    storage,
    async [Symbol.asyncDispose]() {
      await storage.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function testServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['KEYGRID_TEST_DB_URL'];
  if (given) return { url: given, stop: async () => undefined };
  try {
    await executeOn(localServer, 'SELECT 1');
    return { url: localServer, stop: async () => undefined };
  } catch {
    const folder = mkdtempSync(join(tmpdir(), 'keygrid-test-database-'));
    chmodSync(folder, 0o755);
    const dataDir = join(folder, 'data');
    const embedded = await startEmbeddedPostgres({ dataDir, durable: false, log: () => undefined });
    return {
      url: embedded.url,
      async stop() {
        await embedded.stop();
        removeEmbeddedPostgres(dataDir);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
}

async function executeOn(url: string, statement: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 60_000 });
  await client.connect();
  try {
    return await client.query(statement, values);
  } finally {
    await client.end();
  }
}
