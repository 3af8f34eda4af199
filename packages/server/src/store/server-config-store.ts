import { firstRow, type Sql } from '../database/sql.ts';
import type { ServerConfigStore } from './stores.ts';

export function createServerConfigStore(sql: Sql): ServerConfigStore {
  return {
    get: (key) =>
      firstRow(
        sql.rows<{ value: string; version: number }>(
          'server-config-get',
          'SELECT value, coalesce(version, 0) AS version FROM server_config WHERE server_config_key = $1',
          [key],
        ),
      ),
    async insert(key, value) {
      const inserted = await sql.run(
        'server-config-insert',
        'INSERT INTO server_config (server_config_key, value, version) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING',
        [key, value],
      );
      return inserted > 0;
    },
    async replace(key, value, version) {
      const replaced = await sql.run(
        'server-config-replace',
        'UPDATE server_config SET value = $2, version = $3 + 1 WHERE server_config_key = $1 AND coalesce(version, 0) = $3',
        [key, value, version],
      );
      return replaced > 0;
    },
    async remove(key, version) {
      const removed = await sql.run(
        'server-config-remove',
        'DELETE FROM server_config WHERE server_config_key = $1 AND coalesce(version, 0) = $2',
        [key, version],
      );
      return removed > 0;
    },
  };
}
