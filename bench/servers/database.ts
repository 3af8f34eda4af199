import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A fresh database on the server that `adminUrl` names. */
export interface FreshDatabase {
  readonly url: string;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

async function onServer(adminUrl: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Creates an empty database with a name of its own; `drop` ends its connections first. */
export async function freshDatabase(adminUrl: string, prefix: string): Promise<FreshDatabase> {
  const name = `${prefix}_${randomBytes(5).toString('hex')}`;
  await onServer(adminUrl, `create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  // One connection, so that transactions and temporary tables hold; a new one where the database was restarted meanwhile.
  const connection = new pg.Pool({ connectionString: url.href, max: 1, idleTimeoutMillis: 0 });
  connection.on('error', () => {});
  return {
    url: url.href,
    query: async (text, values) => (await connection.query(text, values)).rows as Record<string, unknown>[],
    drop: async () => {
      await connection.end();
      await onServer(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Version of the PostgreSQL server. */
export async function postgresVersion(database: FreshDatabase): Promise<string> {
  return String((await database.query('show server_version'))[0]?.['server_version']).split(' ')[0] as string;
}
