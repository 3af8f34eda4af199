import pg from 'pg';
import { totalCpuMs } from '../../drivers/cpu.ts';
import { storeLoop } from './loop.ts';
import type { OpenRival, Rival } from './rival.ts';

const connections = 16;

/** A table of one row a key, through prepared statements on a warm pool. */
export const openPostgres: OpenRival = async (databaseUrl) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connections, min: connections });
  await pool.query('CREATE TABLE IF NOT EXISTS bench_entry (key text PRIMARY KEY, value bytea NOT NULL)');
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  const pids = (await Promise.all(clients.map((client) => client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')))).map(
    ({ rows }) => rows[0]?.pid ?? 0,
  );
  for (const client of clients) client.release();
  const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
  const query = async (name: string, text: string, values: unknown[]): Promise<unknown> =>
    (await pool.query({ name, text, values })).rows[0];
  return {
    name: 'PostgreSQL',
    setting: `PostgreSQL ${rows[0]?.server_version}, one row a key, durable as it is configured, through pg with ${connections} connections`,
    run: (operation, callers, seconds) =>
      storeLoop(
        {
          get: (key) => query('get', 'SELECT value FROM bench_entry WHERE key = $1', [key]),
          put: (key, value) =>
            query('put', 'INSERT INTO bench_entry VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value', [key, value]),
          take: (key) => query('take', 'DELETE FROM bench_entry WHERE key = $1 RETURNING value', [key]),
        },
        operation,
        callers,
        seconds,
      ),
    cpuMs: () => totalCpuMs([...pids, process.pid]),
    async stop() {
      await pool.query('DROP TABLE bench_entry');
      await pool.end();
    },
  } satisfies Rival;
};
