import { cpuMs } from '../drivers/cpu.ts';
import type { FreshDatabase } from './database.ts';

/** What a database did so far. */
export interface DatabaseWork {
  readonly cpuMs: number;
  /** Committed or rolled back; a statement outside BEGIN and COMMIT is one. */
  readonly transactions: number;
  /** Undefined where the server does not count them (extension pg_stat_statements). */
  readonly statements: number | undefined;
  /** Of the whole server: nothing else may write meanwhile. */
  readonly walBytes: number;
}

/** BEGIN and COMMIT are no work of their own; what this driver asks is told by its comment. */
const COUNT_STATEMENTS = `select coalesce(sum(calls), 0) as count from pg_stat_statements
  where dbid = (select oid from pg_database where datname = current_database())
  and query !~* '^\\s*(begin|commit|rollback|start transaction|set|discard|show)' and query !~ 'pg_stat_|pg_current_wal_lsn'`;

/**
 * CPU of the database's backends, and its counters. Backends that end between two questions are lost from the sum, so pools should be warm; a server
 * on another machine counts as 0. Backends report their transactions about once a second, so the count of a short run is rough.
 */
export async function databaseWork(database: FreshDatabase): Promise<() => Promise<DatabaseWork>> {
  const counted = await database.query('create extension if not exists pg_stat_statements').then(
    () =>
      database.query(COUNT_STATEMENTS).then(
        () => true,
        () => false,
      ),
    () => false,
  );
  return async () => {
    const backends = await database.query(
      'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    const [counts] = await database.query(
      "select xact_commit + xact_rollback as count, pg_current_wal_lsn() - '0/0'::pg_lsn as wal from pg_stat_database where datname = current_database()",
    );
    const [statements] = counted ? await database.query(COUNT_STATEMENTS) : [];
    return {
      cpuMs: backends.reduce((sum, row) => sum + cpuMs(Number(row['pid'])), 0),
      transactions: Number(counts?.['count']),
      statements: statements === undefined ? undefined : Number(statements['count']),
      walBytes: Number(counts?.['wal']),
    };
  };
}
