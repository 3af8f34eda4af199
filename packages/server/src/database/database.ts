import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseTarget } from '../config/database-url.ts';
import type { Logger } from '../observability/logger.ts';
import { connectionSettings } from './connection-settings.ts';
import { OutageBridge } from './outage.ts';
import type { Sql } from './sql.ts';
import { changedNothing, connectionBroke, isRetryable, translateSqlError } from './sql-errors.ts';

const transactionTries = 4;
const retryPauseMs = 15;
/** A statement that changes nothing; one that writes within WITH does not begin so. */
const READ = /^\s*select\b/i;

export interface DatabaseOptions {
  readonly target: DatabaseTarget;
  readonly logger: Logger;
  readonly poolMinSize?: number | undefined;
  /** Default 100. */
  readonly poolMaxSize?: number | undefined;
  readonly poolMaxLifetimeSeconds?: number | undefined;
  /** Time to open a connection or to wait for a free one. Default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Default 10 s. */
  readonly statementTimeoutMs?: number | undefined;
  /** Statements that take longer are logged (category org.hibernate.SQL_SLOW). Default 10 s. */
  readonly slowStatementMs?: number | undefined;
  /** An outage is bridged for so long: what certainly changed nothing is run again. Default 0: not at all. */
  readonly bridgeMs?: number | undefined;
  /** Called after each statement, for metrics. Must not throw. */
  readonly onStatement?: ((statement: string, durationMs: number) => void) | undefined;
}

export interface PoolStatistics {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
  /** Since the start: connections given out, opened, closed. */
  readonly acquired: number;
  readonly created: number;
  readonly destroyed: number;
}

/**
 * A pool of connections. Each one carries the limits that keep a frozen node from blocking the others: it may idle in a transaction for
 * 2 s and wait for a lock for 1 s.
 */
export class Database implements Sql {
  readonly #pool: pg.Pool;
  readonly #max: number;
  readonly #hostCount: number;
  readonly #slowMs: number;
  readonly #slowLog: Logger;
  readonly #counts = { acquired: 0, created: 0, destroyed: 0 };
  readonly #outage: OutageBridge;
  readonly #onStatement: ((statement: string, durationMs: number) => void) | undefined;

  constructor(options: DatabaseOptions) {
    this.#max = options.poolMaxSize ?? 100;
    this.#hostCount = options.target.hosts.length;
    this.#slowMs = options.slowStatementMs ?? 10_000;
    this.#slowLog = options.logger.of('org.hibernate.SQL_SLOW');
    this.#outage = new OutageBridge(options.bridgeMs ?? 0);
    this.#onStatement = options.onStatement;
    this.#pool = openPool(options, this.#max);
    this.#pool.on('acquire', () => {
      this.#counts.acquired += 1;
    });
    this.#pool.on('connect', () => {
      this.#counts.created += 1;
    });
    this.#pool.on('remove', () => {
      this.#counts.destroyed += 1;
    });
  }

  get statistics(): PoolStatistics {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount, max: this.#max, ...this.#counts };
  }

  async rows<R>(name: string, text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.#bridged<R>(name, text, values, READ.test(text))).rows;
  }

  async run(name: string, text: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#bridged(name, text, values, false)).rowCount ?? 0;
  }

  /** One question, and no second try: whether the database answers now. */
  async probe(): Promise<void> {
    await this.#execute(this.#pool, 'health', 'SELECT 1', []);
  }

  /**
   * Runs `work` between BEGIN and COMMIT, again from the start where it lost a race inside the database (at most four times). `work` may
   * await nothing but statements, and must be able to run more than once.
   */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        const progress = { committing: false };
        return await this.#outage.run(
          () => this.#once(work, progress),
          (error) => changedNothing(error) || (!progress.committing && connectionBroke(error)),
        );
      } catch (error) {
        if (!isRetryable(error) || tries >= transactionTries) throw error;
        await delay(retryPauseMs * tries);
      }
    }
  }

  /** One connection for work that a pool statement cannot do (migrations). */
  async withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      return await work(client);
    } catch (error) {
      throw translateSqlError(error, 'migration');
    } finally {
      // Session settings that the work made must not reach the pool.
      client.release(true);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #bridged<R>(name: string, text: string, values: readonly unknown[], reads: boolean) {
    return this.#outage.run(
      () => this.#execute<R>(this.#pool, name, text, values),
      (error) => changedNothing(error) || (reads && connectionBroke(error)),
    );
  }

  async #once<T>(work: (sql: Sql) => Promise<T>, progress: { committing: boolean }): Promise<T> {
    progress.committing = false;
    const client = await this.#connect();
    let broken = false;
    const sql: Sql = {
      rows: async <R>(name: string, text: string, values: readonly unknown[] = []) =>
        (await this.#execute<R>(client, name, text, values)).rows,
      run: async (name, text, values = []) => (await this.#execute(client, name, text, values)).rowCount ?? 0,
    };
    try {
      await client.query('BEGIN');
      const result = await work(sql);
      progress.committing = true;
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {
        broken = true;
      });
      throw error instanceof pg.DatabaseError ? translateSqlError(error, 'transaction') : error;
    } finally {
      client.release(broken);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#pool.connect();
      } catch (error) {
        // Each failure moves the pool to the next host.
        if (tries >= this.#hostCount) throw translateSqlError(error, 'connect');
      }
    }
  }

  async #execute<R>(on: pg.Pool | pg.PoolClient, name: string, text: string, values: readonly unknown[]) {
    const begun = performance.now();
    try {
      return await on.query<R & pg.QueryResultRow>({ name, text, values: values as unknown[] });
    } catch (error) {
      throw translateSqlError(error, name);
    } finally {
      const durationMs = performance.now() - begun;
      this.#onStatement?.(name, durationMs);
      if (durationMs >= this.#slowMs) this.#slowLog.info(`Slow query took ${Math.round(durationMs)} milliseconds. [${name}]`);
    }
  }
}

function openPool(options: DatabaseOptions, max: number): pg.Pool {
  const { logger } = options;
  const pool = new pg.Pool({
    ...connectionSettings(options),
    min: options.poolMinSize ?? 0,
    max,
    maxLifetimeSeconds: options.poolMaxLifetimeSeconds ?? 0,
    idleTimeoutMillis: 60_000,
  });
  // A connection that breaks while idle is replaced by the pool; unheard, the event would end the process.
  pool.on('error', (error) => logger.debug('an idle database connection broke', { error }));
  // One that breaks between two statements of a transaction says so too; the next statement fails, which is where it is handled.
  pool.on('connect', (client) => client.on('error', (error) => logger.debug('a database connection broke', { error })));
  return pool;
}
