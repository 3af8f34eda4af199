import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { Database } from './database.ts';

const MARK = 'slow-insert';
/** Long enough to be met while it runs. */
const INSERT = `/* ${MARK} */ INSERT INTO things SELECT $1 FROM (SELECT pg_sleep(0.3)) AS slept`;

let test: TestDatabase;
let database: Database;

beforeEach(async () => {
  test = await openTestDatabase();
  await test.execute('CREATE TABLE things (name text)');
  database = new Database({ ...test.options, bridgeMs: 5_000 });
});

afterEach(async () => {
  await database.close();
  await test[Symbol.asyncDispose]();
});

/** Ends the connection that runs the slow statement, as an orderly shutdown of the database does. */
async function terminate(): Promise<void> {
  for (;;) {
    const { rows } = await test.execute(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '/* ${MARK}%'`,
    );
    if (rows.length > 0) return;
  }
}

const names = async () => (await test.execute('SELECT name FROM things ORDER BY name')).rows.map((row) => row.name);

describe('a database that ends its connections', () => {
  it('lets a statement take effect once, on another connection', async () => {
    const [rows] = await Promise.all([database.run('insert', INSERT, ['one']), terminate()]);
    expect(rows).toBe(1);
    expect(await names()).toEqual(['one']);
  });

  it('lets a transaction take effect once', async () => {
    let runs = 0;
    const work = database.transaction(async (sql) => {
      runs += 1;
      await sql.run('first', 'INSERT INTO things VALUES ($1)', ['first']);
      await sql.run('insert', INSERT, ['second']);
    });
    await Promise.all([work, terminate()]);
    expect(runs).toBe(2);
    expect(await names()).toEqual(['first', 'second']);
  });

  it('is told of where nothing is bridged', async () => {
    const impatient = new Database(test.options);
    try {
      const [outcome] = await Promise.allSettled([impatient.run('insert', INSERT, ['one']), terminate()]);
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'KG_DATABASE_UNAVAILABLE' } });
      expect(await names()).toEqual([]);
    } finally {
      await impatient.close();
    }
  });

  it('answers a probe with what is now, at once', async () => {
    await expect(database.probe()).resolves.toBeUndefined();
  });
});
