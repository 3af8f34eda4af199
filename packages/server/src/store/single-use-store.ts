import { firstRow, type Sql } from '../database/sql.ts';
import type { SingleUseStore } from './shared-state.ts';

/** How long a row that was used up is kept for the operation that used it. */
const keepTakenMs = 60_000;

export function createSingleUseStore(sql: Sql): SingleUseStore {
  return {
    async put(id, notes, expiresAtMs) {
      await sql.run(
        'single-use-put',
        `INSERT INTO single_use_object (id, notes, expires_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET notes = excluded.notes, expires_at_ms = excluded.expires_at_ms, put_by = NULL, taken_by = NULL`,
        [id, notes, expiresAtMs],
      );
    },

    async get(id, nowMs) {
      const text = 'SELECT notes FROM single_use_object WHERE id = $1 AND expires_at_ms > $2 AND taken_by IS NULL';
      return (await firstRow(sql.rows<{ notes: string }>('single-use-get', text, [id, nowMs])))?.notes;
    },

    async take(id, nowMs, operation) {
      const text = `UPDATE single_use_object SET taken_by = $3
        WHERE id = $1 AND expires_at_ms > $2 AND (taken_by IS NULL OR taken_by = $3) RETURNING notes`;
      return (await firstRow(sql.rows<{ notes: string }>('single-use-take', text, [id, nowMs, operation])))?.notes;
    },

    async replace(id, notes, nowMs) {
      const text = 'UPDATE single_use_object SET notes = $2 WHERE id = $1 AND expires_at_ms > $3 AND taken_by IS NULL';
      return (await sql.run('single-use-replace', text, [id, notes, nowMs])) > 0;
    },

    async putIfAbsent(id, expiresAtMs, nowMs, operation) {
      const text = `INSERT INTO single_use_object AS standing (id, notes, expires_at_ms, put_by) VALUES ($1, '{}', $2, $4)
        ON CONFLICT (id) DO UPDATE SET notes = excluded.notes, expires_at_ms = excluded.expires_at_ms, put_by = $4, taken_by = NULL
        WHERE standing.expires_at_ms <= $3 OR standing.taken_by IS NOT NULL OR standing.put_by = $4`;
      return (await sql.run('single-use-put-if-absent', text, [id, expiresAtMs, nowMs, operation])) > 0;
    },

    sweep(nowMs, limit) {
      const text = `DELETE FROM single_use_object WHERE id IN (
        SELECT id FROM single_use_object WHERE expires_at_ms < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`;
      return sql.run('single-use-sweep', text, [nowMs - keepTakenMs, limit]);
    },
  };
}
