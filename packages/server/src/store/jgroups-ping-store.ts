import type { Sql } from '../database/sql.ts';
import type { JgroupsPingRow, JgroupsPingStore } from './stores.ts';

export function createJgroupsPingStore(sql: Sql): JgroupsPingStore {
  return {
    async replace(clusterName, rows) {
      const sorted = [...rows].sort((a, b) => (a.address < b.address ? -1 : 1));
      await sql.run(
        'jgroups-ping-replace',
        `WITH gone AS (DELETE FROM jgroups_ping WHERE cluster_name = $1 AND address <> ALL ($2::text[]))
         INSERT INTO jgroups_ping (cluster_name, address, name, ip, coord, coordinated_by, last_update)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::bigint[])
         ON CONFLICT (address) DO UPDATE SET cluster_name = excluded.cluster_name, name = excluded.name, ip = excluded.ip,
           coord = excluded.coord, coordinated_by = excluded.coordinated_by, last_update = excluded.last_update`,
        [
          clusterName,
          sorted.map((row) => row.address),
          sorted.map((row) => row.name),
          sorted.map((row) => row.ip),
          sorted.map((row) => row.coord),
          sorted.map((row) => row.coordinatedBy),
          sorted.map((row) => row.lastUpdate),
        ],
      );
    },

    list: (clusterName) =>
      sql.rows<JgroupsPingRow>(
        'jgroups-ping-list',
        `SELECT address, name, ip, coord, coordinated_by AS "coordinatedBy", last_update AS "lastUpdate"
           FROM jgroups_ping WHERE cluster_name = $1 ORDER BY address`,
        [clusterName],
      ),
  };
}
