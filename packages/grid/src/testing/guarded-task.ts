import pg from 'pg';
import type { GridNode } from '../api.ts';

export interface RunStep {
  readonly token: bigint;
  readonly member: string;
  readonly step: 'begin' | 'end';
  /** False: the guard had seen a greater token already. */
  readonly accepted: boolean;
}

/** Tables in which the steps of a task's runs stand, behind a guard that refuses tokens smaller than its last. */
export async function prepareGuard(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('CREATE TABLE guard (token bigint NOT NULL); INSERT INTO guard VALUES (0)');
  await client.query(
    'CREATE TABLE steps (number serial PRIMARY KEY, token bigint NOT NULL, member text NOT NULL, step text NOT NULL, accepted boolean NOT NULL)',
  );
  await client.end();
}

export async function stepsOf(client: pg.Client): Promise<RunStep[]> {
  const { rows } = await client.query('SELECT token, member, step, accepted FROM steps ORDER BY number');
  return rows.map((row): RunStep => ({ ...row, token: BigInt(row.token) }));
}

/** A task that takes its time between two guarded writes, and does not listen when it is told to stop: the worst that a program can do. */
export async function scheduleGuardedTask(grid: GridNode, databaseUrl: string, intervalMs: number): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const record = (token: bigint, step: RunStep['step']): Promise<unknown> =>
    client.query(
      `WITH passed AS (UPDATE guard SET token = $1 WHERE token <= $1 RETURNING token)
       INSERT INTO steps (token, member, step, accepted) SELECT $1, $2, $3, EXISTS (SELECT FROM passed)`,
      [String(token), grid.name, step],
    );
  const scheduled = grid.schedule('guarded', intervalMs, async ({ fencingToken }) => {
    await record(fencingToken, 'begin');
    await client.query('SELECT pg_sleep(0.2)');
    await record(fencingToken, 'end');
  });
  return {
    [Symbol.asyncDispose]: async () => {
      scheduled[Symbol.dispose]();
      await client.end();
    },
  };
}
