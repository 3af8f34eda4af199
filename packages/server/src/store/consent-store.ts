import type { Sql } from '../database/sql.ts';
import type { ConsentStore, StoredConsent } from './stores.ts';

interface ConsentRow {
  readonly client_id: string;
  readonly scope_ids: readonly string[];
  readonly created_date: number;
  readonly last_updated_date: number;
}

const columns = 'client_id, scope_ids, created_date, last_updated_date';

export function createConsentStore(sql: Sql): ConsentStore {
  return {
    async get(userId, clientUuid) {
      const rows = await sql.rows<ConsentRow>('consent-get', `SELECT ${columns} FROM user_consent WHERE user_id = $1 AND client_id = $2`, [
        userId,
        clientUuid,
      ]);
      return rows[0] && consentOf(rows[0]);
    },

    async ofUser(userId) {
      const rows = await sql.rows<ConsentRow>(
        'consent-of-user',
        `SELECT ${columns} FROM user_consent WHERE user_id = $1 ORDER BY client_id`,
        [userId],
      );
      return rows.map(consentOf);
    },

    async add(userId, clientUuid, scopeIds, nowMs) {
      // One statement: two tabs that grant at once lose nothing of either.
      await sql.run(
        'consent-add',
        `INSERT INTO user_consent AS known (user_id, client_id, scope_ids, created_date, last_updated_date)
         VALUES ($1, $2, $3::text[], $4, $4)
         ON CONFLICT (user_id, client_id) DO UPDATE SET last_updated_date = excluded.last_updated_date,
           scope_ids = ARRAY(SELECT DISTINCT id FROM unnest(known.scope_ids || excluded.scope_ids) AS id ORDER BY id)`,
        [userId, clientUuid, scopeIds, nowMs],
      );
    },

    async remove(userId, clientUuid) {
      return (await sql.run('consent-remove', 'DELETE FROM user_consent WHERE user_id = $1 AND client_id = $2', [userId, clientUuid])) > 0;
    },
  };
}

function consentOf(row: ConsentRow): StoredConsent {
  return {
    clientUuid: row.client_id,
    scopeIds: row.scope_ids,
    createdDate: Number(row.created_date),
    lastUpdatedDate: Number(row.last_updated_date),
  };
}
