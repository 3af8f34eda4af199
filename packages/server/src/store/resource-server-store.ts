import { firstRow, type Sql } from '../database/sql.ts';
import type { ResourceServer } from '../model/index.ts';
import type { ResourceServerStore } from './authorization-stores.ts';

interface ServerRow {
  readonly id: string;
  readonly realm_id: string;
  readonly allow_rs_remote_mgmt: boolean;
  readonly policy_enforce_mode: ResourceServer['policyEnforcementMode'];
  readonly decision_strategy: ResourceServer['decisionStrategy'];
}

export function createResourceServerStore(sql: Sql): ResourceServerStore {
  return {
    async byId(id) {
      const row = await firstRow(
        sql.rows<ServerRow>(
          'resource-server-by-id',
          'SELECT id, realm_id, allow_rs_remote_mgmt, policy_enforce_mode, decision_strategy FROM resource_server WHERE id = $1',
          [id],
        ),
      );
      return (
        row && {
          id: row.id,
          realmId: row.realm_id,
          allowRemoteResourceManagement: row.allow_rs_remote_mgmt,
          policyEnforcementMode: row.policy_enforce_mode,
          decisionStrategy: row.decision_strategy,
        }
      );
    },

    async put(server) {
      await sql.run(
        'resource-server-put',
        `INSERT INTO resource_server (id, realm_id, allow_rs_remote_mgmt, policy_enforce_mode, decision_strategy)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET allow_rs_remote_mgmt = $3, policy_enforce_mode = $4, decision_strategy = $5`,
        [server.id, server.realmId, server.allowRemoteResourceManagement, server.policyEnforcementMode, server.decisionStrategy],
      );
    },

    async remove(id) {
      return (await sql.run('resource-server-remove', 'DELETE FROM resource_server WHERE id = $1', [id])) > 0;
    },
  };
}
