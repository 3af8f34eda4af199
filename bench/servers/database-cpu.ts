import { cpuMs } from '../drivers/cpu.ts';
import type { FreshDatabase } from './database.ts';

/** What a database did so far. */
export interface DatabaseWork {
  readonly cpuMs: number;
  /** Committed or rolled back; a statement outside BEGIN and COMMIT is one. */
  readonly transactions: number;
}

/**
 * CPU of the database's backends. Backends that end between two questions are lost from the sum, so pools should be warm; a server on another machine
 * counts as 0. Backends report their transactions about once a second, so the count of a short run is rough.
 */
export function databaseWork(database: FreshDatabase): () => Promise<DatabaseWork> {
  return async () => {
    const backends = await database.query(
      'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    const [counts] = await database.query(
      'select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()',
    );
    return { cpuMs: backends.reduce((sum, row) => sum + cpuMs(Number(row['pid'])), 0), transactions: Number(counts?.['count']) };
  };
}
