import { firstRow, type Sql } from '../database/sql.ts';
import type { OutboxStore } from './stores.ts';

/** More keys than this are not worth naming: the reader drops everything. */
const maxKeys = 20_000;

/**
 * A position is a transaction id: everything that a lower one wrote has been seen. A read gives all committed rows from the position on,
 * and goes on at the oldest transaction that was still open, so that a row that commits late is not skipped; rows beyond it may come twice.
 */
export function createOutboxStore(sql: Sql): OutboxStore {
  return {
    async append(keys) {
      if (keys.length > 0) await sql.run('outbox-append', 'INSERT INTO outbox (keys) VALUES ($1::text[])', [keys]);
    },

    async after(position) {
      const row = await firstRow(
        sql.rows<{ next: string; keys: string[] }>(
          'outbox-after',
          `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS next,
                  array(SELECT DISTINCT key FROM outbox, unnest(keys) AS key WHERE xid >= $1::text::xid8 LIMIT ${maxKeys + 1}) AS keys`,
          [position],
        ),
      );
      const keys = row?.keys ?? [];
      return keys.length > maxKeys
        ? { keys: [], next: row?.next ?? position, overflow: true }
        : { keys, next: row?.next ?? position, overflow: false };
    },

    async head() {
      const row = await firstRow(sql.rows<{ next: string }>('outbox-head', 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS next'));
      return row?.next ?? '0';
    },

    removeOlderThan: (ageSeconds) =>
      sql.run('outbox-remove-old', 'DELETE FROM outbox WHERE created_at < now() - make_interval(secs => $1)', [ageSeconds]),
  };
}
