import { firstRow, type Sql } from '../database/sql.ts';
import { flushStatement } from './session-flush.ts';
import { flagOf, inputOf, rowOf, type StoredSession } from './session-rows.ts';
import type { SessionChangeResult, SessionStore, SweepBounds } from './stores.ts';

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

    async ofBrokerSession(realmId, brokerSessionId, offline, max) {
      const text = `SELECT user_session_id AS id FROM offline_user_session
        WHERE broker_session_id = $1 AND realm_id = $2 AND offline_flag = $3 ORDER BY created_on, user_session_id LIMIT $4`;
      const values = [brokerSessionId, realmId, flagOf(offline), max];
      return (await sql.rows<{ id: string }>('session-of-broker-session', text, values)).map(({ id }) => id);
    },

    async ofClient(realmId, clientUuid, offline, { plain, remembered }, page) {
      // The session is asked for row by row, along the index: a join would let the planner read all sessions for one page.
      const living = `SELECT CASE WHEN s.remember_me THEN s.last_session_refresh > $4 AND s.created_on > $5
            ELSE s.last_session_refresh > $6 AND s.created_on > $7 END
          FROM offline_user_session s WHERE s.user_session_id = c.user_session_id AND s.offline_flag = c.offline_flag`;
      const text = `SELECT user_session_id AS id FROM offline_client_session c
        WHERE realm_id = $1 AND offline_flag = $2 AND client_id = $3 AND (${living})
        ORDER BY user_session_id OFFSET $8 LIMIT $9`;
      const bounds = [remembered.refreshedAfter, remembered.startedAfter, plain.refreshedAfter, plain.startedAfter];
      const values = [realmId, flagOf(offline), clientUuid, ...bounds, page.first ?? 0, page.max ?? null];
      const ids = (await sql.rows<{ id: string }>('session-ids-of-client', text, values)).map(({ id }) => id);
      if (ids.length === 0) return [];
      const rows = `${select} WHERE s.user_session_id = ANY($1) AND s.offline_flag = $2 AND s.realm_id = $3 ORDER BY s.user_session_id`;
      return (await sql.rows<StoredSession>('session-of-client', rows, [ids, flagOf(offline), realmId])).map(rowOf);
    },

    async countByClient(realmId, offline) {
      const text =
        'SELECT client_id, count(*) AS sessions FROM offline_client_session WHERE realm_id = $1 AND offline_flag = $2 GROUP BY client_id';
      const rows = await sql.rows<{ client_id: string; sessions: number }>('session-count', text, [realmId, flagOf(offline)]);
      return new Map(rows.map((row) => [row.client_id, Number(row.sessions)]));
    },

    async clientsInUse(realmId, offline) {
      // From one client to the next along the index.
      const next = (after: string): string => `SELECT client_id FROM offline_client_session
          WHERE realm_id = $1 AND offline_flag = $2 AND client_id > ${after} ORDER BY client_id LIMIT 1`;
      const text = `WITH RECURSIVE used AS (
          (${next("''")}) UNION ALL SELECT (${next('used.client_id')}) FROM used WHERE client_id IS NOT NULL
        ) SELECT client_id AS id FROM used WHERE client_id IS NOT NULL`;
      return (await sql.rows<{ id: string }>('session-clients', text, [realmId, flagOf(offline)])).map(({ id }) => id);
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

    async expired(bounds) {
      // The oldest row in each of the two indexes of expiry; one look-up each, which no plan can turn into a scan of the table.
      const oldest = (column: string): string => `(SELECT ${column} FROM offline_user_session s
          WHERE s.realm_id = b.realm_id AND s.offline_flag = b.flag AND s.remember_me = b.remember_me ORDER BY ${column} LIMIT 1)`;
      const text = `SELECT b.n FROM unnest($1::varchar[], $2::varchar[], $3::boolean[], $4::bigint[], $5::bigint[])
          WITH ORDINALITY AS b (realm_id, flag, remember_me, idle_before, started_before, n)
        WHERE ${oldest('last_session_refresh')} < b.idle_before OR ${oldest('created_on')} < b.started_before
        ORDER BY b.n`;
      const column = <T>(pick: (one: SweepBounds) => T): T[] => bounds.map(pick);
      const rows = await sql.rows<{ n: number }>('session-expired', text, [
        column((one) => one.realmId),
        column((one) => flagOf(one.offline)),
        column((one) => one.rememberMe),
        column((one) => one.idleBefore),
        column((one) => one.startedBefore),
      ]);
      return rows.map((row) => Number(row.n) - 1);
    },

    async sweep({ realmId, offline, rememberMe, idleBefore, startedBefore }, limit) {
      // Each half walks one index of expiry from its end. Rows that somebody refreshes at this moment are left for the next
      // pass; the bounds are asked again under the lock, by sums, so that no plan walks all that is over for each batch.
      const mine = 'realm_id = $1 AND offline_flag = $2 AND remember_me = $3';
      const text = `WITH due AS (
          (SELECT user_session_id FROM offline_user_session WHERE ${mine} AND last_session_refresh < $4 ORDER BY last_session_refresh LIMIT $6)
          UNION
          (SELECT user_session_id FROM offline_user_session WHERE ${mine} AND created_on < $5 ORDER BY created_on LIMIT $6)
        ), locked AS (
          SELECT user_session_id FROM offline_user_session
          WHERE offline_flag = $2 AND user_session_id IN (SELECT user_session_id FROM due)
            AND (last_session_refresh + 0 < $4 OR created_on + 0 < $5)
          LIMIT $6 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM offline_user_session WHERE offline_flag = $2 AND user_session_id IN (SELECT user_session_id FROM locked)
        RETURNING user_session_id AS id, user_id AS "userId"`;
      const values = [realmId, flagOf(offline), rememberMe, idleBefore, startedBefore, limit];
      return sql.rows<{ id: string; userId: string }>('session-sweep', text, values);
    },
  };
}
