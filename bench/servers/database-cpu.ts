import { cpuMs } from '../drivers/cpu.ts';
import type { FreshDatabase } from './database.ts';

/**
 * CPU of the database's backends. Backends that end between two questions are lost from the sum, so pools should be warm; a server on another machine
 * counts as 0.
 */
export function databaseCpu(database: FreshDatabase): () => Promise<number> {
  return async () => {
    const rows = await database.query('select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    return rows.reduce((sum, row) => sum + cpuMs(Number(row['pid'])), 0);
  };
}
