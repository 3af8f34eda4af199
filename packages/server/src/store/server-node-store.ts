import type { Sql } from '../database/sql.ts';
import type { ClusterTaskStore, NotificationStore, ServerNode, ServerNodeStore } from './shared-state.ts';

export function createServerNodeStore(sql: Sql): ServerNodeStore {
  return {
    async beat({ id, name, clusterName, mode, acknowledges }) {
      await sql.run(
        'server-node-beat',
        `INSERT INTO server_node (id, name, cluster_name, mode, acknowledges, beat, beat_at, started_at)
         VALUES ($1, $2, $3, $4, $5, 1, clock_timestamp(), clock_timestamp())
         ON CONFLICT (id) DO UPDATE SET beat = server_node.beat + 1, beat_at = clock_timestamp(), acknowledges = excluded.acknowledges`,
        [id, name, clusterName, mode, acknowledges],
      );
    },

    list(maxAgeMs) {
      const text = `SELECT id, name, cluster_name AS "clusterName", mode, acknowledges, beat, age AS "ageMs" FROM (
          SELECT *, extract(epoch FROM clock_timestamp() - beat_at)::double precision * 1000 AS age FROM server_node) AS node
        WHERE age < $1 ORDER BY started_at, id`;
      return sql.rows<ServerNode>('server-node-list', text, [maxAgeMs]);
    },

    async remove(id) {
      await sql.run('server-node-remove', 'DELETE FROM server_node WHERE id = $1', [id]);
    },

    removeOlderThan: (ageMs) =>
      sql.run('server-node-remove-old', "DELETE FROM server_node WHERE beat_at < clock_timestamp() - $1 * interval '1 millisecond'", [
        ageMs,
      ]),
  };
}

export function createClusterTaskStore(sql: Sql): ClusterTaskStore {
  return {
    async claim(name, holder, intervalMs) {
      const text = `INSERT INTO cluster_task AS task (name, holder, due_at)
        VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, due_at = excluded.due_at WHERE task.due_at <= clock_timestamp()`;
      return (await sql.run('cluster-task-claim', text, [name, holder, intervalMs])) > 0;
    },

    async keep(name, holder, intervalMs) {
      const text = `UPDATE cluster_task SET due_at = clock_timestamp() + $3 * interval '1 millisecond' WHERE name = $1 AND holder = $2`;
      return (await sql.run('cluster-task-keep', text, [name, holder, intervalMs])) > 0;
    },
  };
}

export function createNotificationStore(sql: Sql): NotificationStore {
  return {
    async notify(channel, payloads) {
      await sql.run('notify', 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [channel, payloads]);
    },
  };
}
