import { idsPerTimeline } from './memory-state.ts';

/** All SQL of the PostgreSQL authority. Each is one autocommitted statement, so that a frozen member never holds a lock. */

/** The server's timeline, right at once after a promotion (the control file lags); 0 on a standby, which refuses the statement's writes anyway. */
const serverTimeline = `(CASE WHEN pg_is_in_recovery() THEN 0 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END)`;

export const statements = {
  // The lock keeps two first starters from creating the same table at once, which IF NOT EXISTS alone does not.
  schema: `
    DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(7230417);
      CREATE SEQUENCE IF NOT EXISTS grid_member_id;
      CREATE TABLE IF NOT EXISTS grid_view (
        cluster text PRIMARY KEY, timeline integer NOT NULL, epoch bigint NOT NULL, body jsonb NOT NULL);
      CREATE TABLE IF NOT EXISTS grid_member (
        cluster text NOT NULL, id bigint NOT NULL, incarnation bigint NOT NULL, name text NOT NULL, host text NOT NULL, port integer NOT NULL,
        labels jsonb NOT NULL, process text NOT NULL, state text NOT NULL, beat bigint NOT NULL, heard jsonb NOT NULL, PRIMARY KEY (cluster, id));
    END $$`,
  timeline: `SELECT ${serverTimeline} AS timeline`,
  register: (timelines: boolean) => `
    WITH fresh AS (
      SELECT nextval('grid_member_id')${timelines ? ` + greatest(0, ${serverTimeline} - 1)::bigint * ${idsPerTimeline}` : ''} AS id)
    INSERT INTO grid_member (cluster, id, incarnation, name, host, port, labels, process, state, beat, heard)
    SELECT $1, id, id, $2, $3, $4, $5::jsonb, $6, 'alive', 0, '[]' FROM fresh RETURNING id`,
  beat: (timelines: boolean) => `
    UPDATE grid_member SET beat = beat + 1, heard = $4::jsonb
    WHERE cluster = $1 AND id = $2 AND incarnation = $3 AND state <> 'revoked'
    ${timelines ? `AND NOT EXISTS (SELECT 1 FROM grid_view WHERE cluster = $1 AND timeline <> ${serverTimeline})` : ''}`,
  insertView: (timelines: boolean) => `
    INSERT INTO grid_view (cluster, timeline, epoch, body) SELECT $1, $2::integer, $3, $4::jsonb
    ${timelines ? `WHERE $2::integer = ${serverTimeline}` : ''} ON CONFLICT DO NOTHING`,
  /** Rows are locked in order of id, then the view row; a beat that commits in between is seen by the comparison. */
  change: (timelines: boolean) => `
    WITH gone AS (SELECT * FROM unnest($6::bigint[], $7::bigint[]) AS gone (id, beat)),
    held AS (
      SELECT member.id, member.beat FROM grid_member member WHERE member.cluster = $1 AND member.id = ANY ($6::bigint[]) ORDER BY member.id FOR UPDATE),
    swapped AS (
      UPDATE grid_view SET timeline = $3::integer, epoch = $4, body = $5::jsonb WHERE cluster = $1 AND epoch = $2
        ${timelines ? `AND $3::integer = ${serverTimeline}` : ''}
        AND NOT EXISTS (SELECT 1 FROM held JOIN gone USING (id) WHERE held.beat <> gone.beat)
        AND NOT EXISTS (SELECT 1 FROM unnest($10::bigint[]) AS admitted (id) WHERE NOT EXISTS (
          SELECT 1 FROM grid_member member WHERE member.cluster = $1 AND member.id = admitted.id AND member.state = 'alive')) RETURNING 1),
    removed AS (
      DELETE FROM grid_member WHERE cluster = $1 AND id = ANY ($6::bigint[]) AND EXISTS (SELECT 1 FROM swapped)),
    marked AS (
      UPDATE grid_member SET state = 'revoked' WHERE cluster = $1 AND id = ANY ($8::bigint[]) AND EXISTS (SELECT 1 FROM swapped)),
    restored AS (
      INSERT INTO grid_member (cluster, id, incarnation, name, host, port, labels, process, state, beat, heard)
      SELECT $1, id, incarnation, name, address ->> 'host', (address ->> 'port')::integer, labels, '', 'alive', 0, '[]'
      FROM jsonb_to_recordset($9::jsonb) AS member (id bigint, incarnation bigint, name text, address jsonb, labels jsonb)
      WHERE EXISTS (SELECT 1 FROM swapped) ON CONFLICT DO NOTHING)
    SELECT 1 FROM swapped`,
  announceLeave: `UPDATE grid_member SET state = 'leaving' WHERE cluster = $1 AND id = $2 AND incarnation = $3 AND state <> 'revoked'`,
  removeSelf: `DELETE FROM grid_member WHERE cluster = $1 AND id = $2 AND incarnation = $3`,
  forget: `
    DELETE FROM grid_member USING unnest($2::bigint[], $3::bigint[]) AS stale (id, beat)
    WHERE grid_member.cluster = $1 AND grid_member.id = stale.id AND grid_member.beat = stale.beat`,
  /** Everything that an answer carries; the body only if it is news. */
  read: (timelines: boolean) => `
    SELECT ${timelines ? serverTimeline : '0'} AS timeline,
      extract(epoch FROM clock_timestamp()) * 1000 AS clock_ms,
      coalesce((SELECT epoch FROM grid_view WHERE cluster = $1), 0) AS epoch,
      (SELECT body FROM grid_view WHERE cluster = $1 AND epoch > $2) AS view,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'incarnation', incarnation, 'name', name, 'address', jsonb_build_object('host', host, 'port', port),
        'labels', labels, 'process', process, 'state', state, 'beat', beat, 'heard', heard) ORDER BY id), '[]')
        FROM grid_member WHERE cluster = $1) AS rows`,
  /** The session of its own that a client has lost may live on in the server, with a statement that still waits and the lock that it holds. */
  endFormer: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz AND usename = current_user`,
  /** A process number names a session only together with its start. */
  session: `SELECT pid, backend_start::text AS began FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
  lock: `SELECT pg_try_advisory_lock(hashtext($1), $2)`,
} as const;
