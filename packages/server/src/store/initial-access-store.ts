import { firstRow, type Sql } from '../database/sql.ts';
import type { InitialAccess, InitialAccessStore } from './initial-access.ts';

interface InitialAccessRow {
  readonly id: string;
  readonly realm_id: string;
  readonly timestamp: number;
  readonly expiration: number;
  readonly count: number;
  readonly remaining_count: number;
  readonly web_origins: readonly string[] | null;
}

const columns = 'id, realm_id, timestamp, expiration, count, remaining_count, web_origins';
/** Rows that one statement removes at most, so that it never holds many locks. */
const MAX_REMOVED = 1_000;

export function createInitialAccessStore(sql: Sql): InitialAccessStore {
  return {
    async insert(access) {
      await sql.run('initial-access-insert', `INSERT INTO client_initial_access (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7)`, [
        access.id,
        access.realmId,
        access.timestamp,
        access.expiration,
        access.count,
        access.remainingCount,
        access.webOrigins ?? null,
      ]);
    },
    async byId(realmId, id) {
      const row = await firstRow(
        sql.rows<InitialAccessRow>('initial-access-by-id', `SELECT ${columns} FROM client_initial_access WHERE realm_id = $1 AND id = $2`, [
          realmId,
          id,
        ]),
      );
      return row && accessOf(row);
    },
    async ofRealm(realmId) {
      const rows = await sql.rows<InitialAccessRow>(
        'initial-access-of-realm',
        `SELECT ${columns} FROM client_initial_access WHERE realm_id = $1 ORDER BY timestamp, id`,
        [realmId],
      );
      return rows.map(accessOf);
    },
    async use(realmId, id, nowSeconds) {
      const changed = await sql.run(
        'initial-access-use',
        `UPDATE client_initial_access SET remaining_count = remaining_count - 1
          WHERE realm_id = $1 AND id = $2 AND remaining_count > 0 AND (expiration = 0 OR timestamp + expiration > $3)`,
        [realmId, id, nowSeconds],
      );
      return changed > 0;
    },
    async remove(realmId, id) {
      return (
        (await sql.run('initial-access-remove', 'DELETE FROM client_initial_access WHERE realm_id = $1 AND id = $2', [realmId, id])) > 0
      );
    },
    removeSpent: (nowSeconds) =>
      sql.run(
        'initial-access-remove-spent',
        `DELETE FROM client_initial_access WHERE id IN (
           SELECT id FROM client_initial_access
            WHERE remaining_count = 0 OR (expiration > 0 AND timestamp + expiration <= $1) LIMIT ${MAX_REMOVED})`,
        [nowSeconds],
      ),
  };
}

function accessOf(row: InitialAccessRow): InitialAccess {
  return {
    id: row.id,
    realmId: row.realm_id,
    timestamp: row.timestamp,
    expiration: row.expiration,
    count: row.count,
    remainingCount: row.remaining_count,
    webOrigins: row.web_origins ?? undefined,
  };
}
