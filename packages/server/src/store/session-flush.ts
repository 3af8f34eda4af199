/**
 * All changes of a group commit as one autocommitted statement: no lock outlives it, however long this process may freeze.
 * `locked` takes the rows of the user sessions in the order of their keys, and no client session is written without its session's lock;
 * so two flushes cannot block each other in a circle. What was changed between snapshot and lock is judged by its newest version.
 */
export const flushStatement = `
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i (
    n integer, kind text, id text, flag text, realm text, client text, at integer, started integer,
    "user" text, broker text, remember boolean, version integer, data text)
), locked AS MATERIALIZED (
  SELECT s.user_session_id, s.offline_flag, s.version FROM offline_user_session s
  WHERE (s.user_session_id, s.offline_flag) IN (SELECT i.id, i.flag FROM input i WHERE i.kind <> 'insert-session')
    AND EXISTS (SELECT FROM input i WHERE i.id = s.user_session_id AND i.flag = s.offline_flag AND i.realm = s.realm_id)
  ORDER BY s.user_session_id, s.offline_flag
  FOR UPDATE OF s
), inserted AS (
  INSERT INTO offline_user_session
    (user_session_id, offline_flag, realm_id, user_id, created_on, last_session_refresh, broker_session_id, version, remember_me, data)
  SELECT i.id, i.flag, i.realm, i."user", i.started, i.at, i.broker, i.version, i.remember, i.data
  FROM input i WHERE i.kind = 'insert-session' ORDER BY i.id, i.flag
  ON CONFLICT DO NOTHING
  RETURNING user_session_id, offline_flag
), updated AS (
  UPDATE offline_user_session s
  SET last_session_refresh = greatest(s.last_session_refresh, i.at), broker_session_id = i.broker, remember_me = i.remember,
    user_id = i."user", data = i.data, version = s.version + 1
  FROM input i JOIN locked l ON l.user_session_id = i.id AND l.offline_flag = i.flag
  WHERE i.kind = 'update-session' AND s.user_session_id = i.id AND s.offline_flag = i.flag AND s.version = i.version
  RETURNING i.n
), touched AS (
  UPDATE offline_user_session s SET last_session_refresh = greatest(s.last_session_refresh, i.at)
  FROM input i JOIN locked l ON l.user_session_id = i.id AND l.offline_flag = i.flag
  WHERE i.kind = 'touch-session' AND s.user_session_id = i.id AND s.offline_flag = i.flag
  RETURNING i.n
), removed AS (
  DELETE FROM offline_user_session s
  USING input i JOIN locked l ON l.user_session_id = i.id AND l.offline_flag = i.flag
  WHERE i.kind = 'remove-session' AND s.user_session_id = i.id AND s.offline_flag = i.flag
  RETURNING i.n
), parents AS (
  SELECT user_session_id, offline_flag FROM locked UNION SELECT user_session_id, offline_flag FROM inserted
), joined AS (
  INSERT INTO offline_client_session (user_session_id, client_id, offline_flag, realm_id, timestamp, version, data)
  SELECT i.id, i.client, i.flag, i.realm, i.at, 1, i.data
  FROM input i JOIN parents p ON p.user_session_id = i.id AND p.offline_flag = i.flag
  WHERE i.kind = 'put-client' AND i.version = 0
  ON CONFLICT DO NOTHING
  RETURNING user_session_id, offline_flag, client_id
), refreshed AS (
  UPDATE offline_client_session c SET timestamp = i.at, data = i.data, version = c.version + 1
  FROM input i JOIN locked l ON l.user_session_id = i.id AND l.offline_flag = i.flag
  WHERE i.kind = 'put-client' AND i.version > 0 AND c.user_session_id = i.id AND c.offline_flag = i.flag AND c.client_id = i.client
    AND c.client_storage_provider = 'local' AND c.external_client_id = 'local' AND c.version = i.version
  RETURNING i.n
), left_alone AS (
  DELETE FROM offline_client_session c
  USING input i JOIN locked l ON l.user_session_id = i.id AND l.offline_flag = i.flag
  WHERE i.kind = 'remove-client' AND c.user_session_id = i.id AND c.offline_flag = i.flag AND c.client_id = i.client
    AND c.client_storage_provider = 'local' AND c.external_client_id = 'local'
  RETURNING i.n
)
SELECT i.n, CASE
  WHEN i.n IN (SELECT n FROM updated UNION ALL SELECT n FROM touched UNION ALL SELECT n FROM removed
    UNION ALL SELECT n FROM refreshed UNION ALL SELECT n FROM left_alone) THEN 'applied'
  WHEN i.kind = 'insert-session' THEN
    CASE WHEN EXISTS (SELECT FROM inserted x WHERE x.user_session_id = i.id AND x.offline_flag = i.flag) THEN 'applied' ELSE 'conflict' END
  WHEN i.kind = 'update-session' THEN
    CASE WHEN EXISTS (SELECT FROM locked l WHERE l.user_session_id = i.id AND l.offline_flag = i.flag) THEN 'conflict' ELSE 'missing' END
  WHEN i.kind <> 'put-client' THEN 'missing'
  WHEN NOT EXISTS (SELECT FROM parents p WHERE p.user_session_id = i.id AND p.offline_flag = i.flag) THEN 'missing'
  WHEN i.version = 0 THEN
    CASE WHEN EXISTS (SELECT FROM joined j WHERE j.user_session_id = i.id AND j.offline_flag = i.flag AND j.client_id = i.client)
      THEN 'applied' ELSE 'conflict' END
  WHEN EXISTS (SELECT FROM offline_client_session c WHERE c.user_session_id = i.id AND c.offline_flag = i.flag AND c.client_id = i.client)
    THEN 'conflict'
  ELSE 'missing' END AS result
FROM input i`;
