import { firstRow, type Sql } from '../database/sql.ts';
import type { AuthorizationScope } from '../model/index.ts';
import type { AuthorizationScopeStore } from './authorization-stores.ts';
import { conflict } from './conflict.ts';
import { limits, literal } from './query-builder.ts';

interface ScopeRow {
  readonly id: string;
  readonly resource_server_id: string;
  readonly name: string;
  readonly display_name: string | null;
  readonly icon_uri: string | null;
}

const columns = 'id, resource_server_id, name, display_name, icon_uri';

export function createAuthorizationScopeStore(sql: Sql): AuthorizationScopeStore {
  return {
    async list(serverId, query = {}) {
      const { offset, limit } = limits(query);
      const rows = await sql.rows<ScopeRow>(
        'authorization-scope-list',
        `SELECT ${columns} FROM resource_server_scope
          WHERE resource_server_id = $1 AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR name ILIKE $3)
          ORDER BY name OFFSET $4 LIMIT $5`,
        [serverId, query.id ?? null, query.name === undefined ? null : `%${literal(query.name)}%`, offset, limit],
      );
      return rows.map(scopeOf);
    },

    async byId(serverId, id) {
      const row = await firstRow(
        sql.rows<ScopeRow>(
          'authorization-scope-by-id',
          `SELECT ${columns} FROM resource_server_scope WHERE resource_server_id = $1 AND id = $2`,
          [serverId, id],
        ),
      );
      return row && scopeOf(row);
    },

    async byName(serverId, name) {
      const row = await firstRow(
        sql.rows<ScopeRow>(
          'authorization-scope-by-name',
          `SELECT ${columns} FROM resource_server_scope WHERE resource_server_id = $1 AND name = $2`,
          [serverId, name],
        ),
      );
      return row && scopeOf(row);
    },

    async insert(scope) {
      await sql.run(
        'authorization-scope-insert',
        `INSERT INTO resource_server_scope (${columns}) VALUES ($1, $2, $3, $4, $5)`,
        valuesOf(scope),
      );
    },

    async update(scope) {
      const changed = await sql.run(
        'authorization-scope-update',
        'UPDATE resource_server_scope SET name = $3, display_name = $4, icon_uri = $5 WHERE id = $1 AND resource_server_id = $2',
        valuesOf(scope),
      );
      if (changed === 0) throw conflict('authorization scope', scope.name);
    },

    async remove(serverId, id) {
      const removed = await sql.run(
        'authorization-scope-remove',
        'DELETE FROM resource_server_scope WHERE resource_server_id = $1 AND id = $2',
        [serverId, id],
      );
      return removed > 0;
    },
  };
}

function valuesOf(scope: AuthorizationScope): unknown[] {
  return [scope.id, scope.serverId, scope.name, scope.displayName ?? null, scope.iconUri ?? null];
}

function scopeOf(row: ScopeRow): AuthorizationScope {
  return {
    id: row.id,
    serverId: row.resource_server_id,
    name: row.name,
    ...(row.display_name === null ? {} : { displayName: row.display_name }),
    ...(row.icon_uri === null ? {} : { iconUri: row.icon_uri }),
  };
}
