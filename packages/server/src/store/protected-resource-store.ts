import { firstRow, type Sql } from '../database/sql.ts';
import type { ProtectedResource } from '../model/index.ts';
import type { ProtectedResourceStore, ResourceQuery } from './authorization-stores.ts';
import { conflict } from './conflict.ts';
import { limits, literal } from './query-builder.ts';

interface ResourceRow {
  readonly id: string;
  readonly resource_server_id: string;
  readonly name: string;
  readonly display_name: string | null;
  readonly type: string | null;
  readonly icon_uri: string | null;
  readonly owner: string;
  readonly owner_managed_access: boolean;
  readonly uris: string[];
  readonly attributes: ProtectedResource['attributes'];
  readonly scope_ids: string[];
  readonly policy_ids: string[];
}

const columns = `r.id, r.resource_server_id, r.name, r.display_name, r.type, r.icon_uri, r.owner, r.owner_managed_access, r.uris, r.attributes,
  array(SELECT s.id FROM resource_scope rs JOIN resource_server_scope s ON s.id = rs.scope_id
         WHERE rs.resource_id = r.id ORDER BY s.name) AS scope_ids,
  array(SELECT p.id FROM resource_policy rp JOIN resource_server_policy p ON p.id = rp.policy_id
         WHERE rp.resource_id = r.id ORDER BY p.name) AS policy_ids`;

const matching = `r.resource_server_id = $1
  AND ($2::text IS NULL OR r.id = $2)
  AND ($3::text IS NULL OR r.name = $3)
  AND ($4::text IS NULL OR r.name ILIKE $4)
  AND ($5::text IS NULL OR $5 = ANY (r.uris))
  AND ($6::text IS NULL OR r.owner = $6)
  AND ($7::text IS NULL OR r.type = $7)
  AND ($8::text[] IS NULL OR EXISTS (SELECT FROM resource_scope rs WHERE rs.resource_id = r.id AND rs.scope_id = ANY ($8)))
  ORDER BY r.name, r.id OFFSET $9 LIMIT $10`;

const scopesOf = `INSERT INTO resource_scope (resource_id, scope_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`;

export function createProtectedResourceStore(sql: Sql): ProtectedResourceStore {
  return {
    async byIds(serverId, ids) {
      const rows = await sql.rows<ResourceRow>(
        'protected-resource-by-ids',
        `SELECT ${columns} FROM resource_server_resource r WHERE r.resource_server_id = $1 AND r.id = ANY ($2::text[]) ORDER BY r.name, r.id`,
        [serverId, ids],
      );
      return rows.map(resourceOf);
    },

    async byName(serverId, owner, name) {
      const row = await firstRow(
        sql.rows<ResourceRow>(
          'protected-resource-by-name',
          `SELECT ${columns} FROM resource_server_resource r WHERE r.resource_server_id = $1 AND r.owner = $2 AND r.name = $3`,
          [serverId, owner, name],
        ),
      );
      return row && resourceOf(row);
    },

    async list(serverId, query = {}) {
      const statement = `SELECT ${columns} FROM resource_server_resource r WHERE ${matching}`;
      return (await sql.rows<ResourceRow>('protected-resource-list', statement, conditions(serverId, query))).map(resourceOf);
    },

    async ids(serverId, query) {
      const statement = `SELECT r.id FROM resource_server_resource r WHERE ${matching}`;
      const rows = await sql.rows<{ id: string }>('protected-resource-ids', statement, conditions(serverId, query));
      return rows.map((row) => row.id);
    },

    uris: (serverId) =>
      sql.rows(
        'protected-resource-uris',
        'SELECT id, uris FROM resource_server_resource WHERE resource_server_id = $1 AND cardinality(uris) > 0 ORDER BY name, id',
        [serverId],
      ),

    async insert(resource) {
      await sql.run(
        'protected-resource-insert',
        `INSERT INTO resource_server_resource
           (id, resource_server_id, name, display_name, type, icon_uri, owner_managed_access, uris, attributes, owner)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [...valuesOf(resource), resource.owner],
      );
      await sql.run('protected-resource-scopes', scopesOf, [resource.id, resource.scopeIds]);
    },

    async update(resource) {
      const changed = await sql.run(
        'protected-resource-update',
        `UPDATE resource_server_resource
            SET name = $3, display_name = $4, type = $5, icon_uri = $6, owner_managed_access = $7, uris = $8, attributes = $9
          WHERE id = $1 AND resource_server_id = $2`,
        valuesOf(resource),
      );
      if (changed === 0) throw conflict('resource', resource.name);
      await sql.run(
        'protected-resource-drop-scopes',
        'DELETE FROM resource_scope WHERE resource_id = $1 AND scope_id <> ALL ($2::text[])',
        [resource.id, resource.scopeIds],
      );
      await sql.run('protected-resource-scopes', scopesOf, [resource.id, resource.scopeIds]);
    },

    async remove(serverId, id) {
      const removed = await sql.run(
        'protected-resource-remove',
        'DELETE FROM resource_server_resource WHERE resource_server_id = $1 AND id = $2',
        [serverId, id],
      );
      return removed > 0;
    },
  };
}

function conditions(serverId: string, query: ResourceQuery): unknown[] {
  const { offset, limit } = limits(query);
  const { name, exactName = false } = query;
  return [
    serverId,
    query.id ?? null,
    exactName ? (name ?? null) : null,
    exactName || name === undefined ? null : `%${literal(name)}%`,
    query.uri ?? null,
    query.owner ?? null,
    query.type ?? null,
    query.scopeIds ?? null,
    offset,
    limit,
  ];
}

function valuesOf(resource: ProtectedResource): unknown[] {
  return [
    resource.id,
    resource.serverId,
    resource.name,
    resource.displayName ?? null,
    resource.type ?? null,
    resource.iconUri ?? null,
    resource.ownerManagedAccess,
    resource.uris,
    JSON.stringify(resource.attributes),
  ];
}

function resourceOf(row: ResourceRow): ProtectedResource {
  return {
    id: row.id,
    serverId: row.resource_server_id,
    name: row.name,
    ...(row.display_name === null ? {} : { displayName: row.display_name }),
    ...(row.type === null ? {} : { type: row.type }),
    ...(row.icon_uri === null ? {} : { iconUri: row.icon_uri }),
    uris: row.uris,
    owner: row.owner,
    ownerManagedAccess: row.owner_managed_access,
    attributes: row.attributes,
    scopeIds: row.scope_ids,
    policyIds: row.policy_ids,
  };
}
