import { firstRow, type Sql } from '../database/sql.ts';
import { flushStatement } from './session-flush.ts';
import { flagOf, inputOf, rowOf, type StoredSession } from './session-rows.ts';
import type { SessionChangeResult, SessionStore } from './stores.ts';

/** Rows that one statement removes, so that the sessions of a large realm never make a long transaction. */
const removalBatch = 5_000;

const select = `SELECT s.*, coalesce((
    SELECT json_agg(json_build_object('client_id', c.client_id, 'timestamp', c.timestamp, 'version', c.version, 'data', c.data) ORDER BY c.client_id)
    FROM offline_client_session c WHERE c.user_session_id = s.user_session_id AND c.offline_flag = s.offline_flag), '[]') AS clients
  FROM offline_user_session s`;

/** User and client sessions, online and offline: tables offline_user_session and offline_client_session. */
export function createSessionStore(sql: Sql): SessionStore {
  return {
    async load(realmId, id, offline) {
      const text = `${select} WHERE s.user_session_id = $1 AND s.offline_flag = $2 AND s.realm_id = $3`;
      const stored = await firstRow(sql.rows<StoredSession>('session-load', text, [id, flagOf(offline), realmId]));
      return stored === undefined ? undefined : rowOf(stored);
    },

    async flush(changes) {
      if (changes.length === 0) return [];
      const rows = await sql.rows<{ n: number; result: SessionChangeResult }>('session-flush', flushStatement, [
        JSON.stringify(changes.map((change, n) => inputOf(change, n))),
      ]);
      const results = new Array<SessionChangeResult>(changes.length).fill('missing');
      for (const row of rows) results[row.n] = row.result;
      return results;
    },

    async ofUser(realmId, userId, offline) {
      const text = `${select} WHERE s.user_id = $1 AND s.realm_id = $2 AND s.offline_flag = $3 ORDER BY s.created_on, s.user_session_id`;
      return (await sql.rows<StoredSession>('session-of-user', text, [userId, realmId, flagOf(offline)])).map(rowOf);
    },

    async ofClient(realmId, clientUuid, offline, page) {
      const text = `${select} WHERE s.realm_id = $1 AND s.offline_flag = $2 AND EXISTS (
          SELECT FROM offline_client_session c WHERE c.user_session_id = s.user_session_id AND c.offline_flag = s.offline_flag AND c.client_id = $3)
        ORDER BY s.created_on, s.user_session_id OFFSET $4 LIMIT $5`;
      const values = [realmId, flagOf(offline), clientUuid, page.first ?? 0, page.max ?? null];
      return (await sql.rows<StoredSession>('session-of-client', text, values)).map(rowOf);
    },

    async countByClient(realmId, offline) {
      const text =
        'SELECT client_id, count(*) AS sessions FROM offline_client_session WHERE realm_id = $1 AND offline_flag = $2 GROUP BY client_id';
      const rows = await sql.rows<{ client_id: string; sessions: number }>('session-count', text, [realmId, flagOf(offline)]);
      return new Map(rows.map((row) => [row.client_id, Number(row.sessions)]));
    },

    async removeOfRealm(realmId) {
      const text = `DELETE FROM offline_user_session WHERE (user_session_id, offline_flag) IN (
        SELECT user_session_id, offline_flag FROM offline_user_session WHERE realm_id = $1 ORDER BY 1, 2 LIMIT ${removalBatch} FOR UPDATE)`;
      let removed = 0;
      for (let batch = removalBatch; batch === removalBatch; removed += batch)
        batch = await sql.run('session-remove-of-realm', text, [realmId]);
      return removed;
    },

    async removeOfUser(realmId, userId) {
      const text = `DELETE FROM offline_user_session WHERE (user_session_id, offline_flag) IN (
        SELECT user_session_id, offline_flag FROM offline_user_session WHERE realm_id = $1 AND user_id = $2 ORDER BY 1, 2 FOR UPDATE)
        RETURNING user_session_id`;
      const rows = await sql.rows<{ user_session_id: string }>('session-remove-of-user', text, [realmId, userId]);
      return [...new Set(rows.map((row) => row.user_session_id))];
    },

    async sweep(realmId, bounds, limit) {
      // Rows that somebody refreshes at this moment are left for the next pass.
      const text = `DELETE FROM offline_user_session WHERE (user_session_id, offline_flag) IN (
        SELECT user_session_id, offline_flag FROM offline_user_session
        WHERE realm_id = $1 AND offline_flag = $2 AND remember_me = $3 AND (last_session_refresh < $4 OR created_on < $5)
        LIMIT $6 FOR UPDATE SKIP LOCKED) RETURNING user_session_id AS id, user_id AS "userId"`;
      const values = [realmId, flagOf(bounds.offline), bounds.rememberMe, bounds.idleBefore, bounds.startedBefore, limit];
      return sql.rows<{ id: string; userId: string }>('session-sweep', text, values);
    },
  };
}
