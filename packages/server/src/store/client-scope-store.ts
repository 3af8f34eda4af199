import type { Sql } from '../database/sql.ts';
import type { ClientScope } from '../model/index.ts';
import { conflict } from './conflict.ts';
import type { ClientScopeStore } from './stores.ts';

interface ClientScopeRow {
  readonly id: string;
  readonly realm_id: string;
  readonly name: string;
  readonly body: Omit<ClientScope, 'id' | 'realmId' | 'name'>;
}

export function createClientScopeStore(sql: Sql): ClientScopeStore {
  return {
    async ofRealm(realmId) {
      const rows = await sql.rows<ClientScopeRow>(
        'client-scope-of-realm',
        'SELECT id, realm_id, name, body FROM client_scope WHERE realm_id = $1 ORDER BY name',
        [realmId],
      );
      return rows.map((row) => ({ ...row.body, id: row.id, realmId: row.realm_id, name: row.name }));
    },

    async insert(scope) {
      await sql.run('client-scope-insert', 'INSERT INTO client_scope (id, realm_id, name, body) VALUES ($1, $2, $3, $4)', [
        scope.id,
        scope.realmId,
        scope.name,
        bodyOf(scope),
      ]);
    },

    async update(scope) {
      const changed = await sql.run('client-scope-update', 'UPDATE client_scope SET name = $3, body = $4 WHERE id = $1 AND realm_id = $2', [
        scope.id,
        scope.realmId,
        scope.name,
        bodyOf(scope),
      ]);
      if (changed === 0) throw conflict('client scope', scope.name);
    },

    async remove(realmId, id) {
      return (await sql.run('client-scope-remove', 'DELETE FROM client_scope WHERE realm_id = $1 AND id = $2', [realmId, id])) > 0;
    },

    async scopeMappings(id) {
      const rows = await sql.rows<{ role_id: string }>(
        'client-scope-role-mappings',
        'SELECT role_id FROM client_scope_role_mapping WHERE scope_id = $1 ORDER BY role_id',
        [id],
      );
      return rows.map((row) => row.role_id);
    },

    async addScopeMappings(id, roleIds) {
      await sql.run(
        'client-scope-add-role-mappings',
        'INSERT INTO client_scope_role_mapping (scope_id, role_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
        [id, roleIds],
      );
    },

    async removeScopeMappings(id, roleIds) {
      await sql.run(
        'client-scope-remove-role-mappings',
        'DELETE FROM client_scope_role_mapping WHERE scope_id = $1 AND role_id = ANY ($2::text[])',
        [id, roleIds],
      );
    },
  };
}

function bodyOf({ id: _, realmId: __, name: ___, ...body }: ClientScope): string {
  return JSON.stringify(body);
}
