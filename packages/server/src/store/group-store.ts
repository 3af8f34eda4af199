import { sql as fragment } from 'kysely';
import { firstRow, type Sql } from '../database/sql.ts';
import type { Group } from '../model/index.ts';
import { conflict } from './conflict.ts';
import { builder, limits, literal, runBuilt } from './query-builder.ts';
import type { GroupStore } from './stores.ts';

interface GroupRow {
  readonly id: string;
  readonly realm_id: string;
  readonly parent_id: string | null;
  readonly name: string;
  readonly path: string;
  readonly attributes: Group['attributes'];
}

const columnList = 'id, realm_id, parent_id, name, path, attributes';

export function createGroupStore(sql: Sql): GroupStore {
  return {
    async byId(realmId, id) {
      const row = await firstRow(
        sql.rows<GroupRow>('group-by-id', `SELECT ${columnList} FROM keycloak_group WHERE realm_id = $1 AND id = $2`, [realmId, id]),
      );
      return row && groupOf(row);
    },

    async list(realmId, query = {}) {
      const { offset, limit } = limits(query);
      let search = builder
        .selectFrom('keycloak_group')
        .select(fragment.raw<never>(columnList) as never)
        .where('realm_id', '=', realmId);
      if (query.parentId === null) search = search.where('parent_id', 'is', null);
      else if (query.parentId !== undefined) search = search.where('parent_id', '=', query.parentId);
      if (query.search) search = search.where('name', 'ilike', `%${literal(query.search)}%`);
      const rows = await runBuilt<GroupRow>(sql, 'group-list', search.orderBy('name').offset(offset).limit(limit).compile());
      return rows.map(groupOf);
    },

    async insert(group) {
      await sql.run(
        'group-insert',
        'INSERT INTO keycloak_group (id, realm_id, parent_id, name, path, attributes) VALUES ($1, $2, $3, $4, $5, $6)',
        [group.id, group.realmId, group.parentId ?? null, group.name, group.path, JSON.stringify(group.attributes)],
      );
    },

    /** A new name or parent moves the paths of all groups below. */
    async update(group) {
      const changed = await sql.rows<{ id: string }>(
        'group-update',
        `WITH RECURSIVE old AS (SELECT path FROM keycloak_group WHERE id = $1 AND realm_id = $2),
         below AS (
           SELECT id FROM keycloak_group WHERE parent_id = $1
           UNION SELECT child.id FROM keycloak_group child JOIN below ON child.parent_id = below.id),
         moved AS (
           UPDATE keycloak_group SET path = $5 || substr(path, length((SELECT path FROM old)) + 1)
            WHERE id IN (SELECT id FROM below) AND id <> $1 AND (SELECT path FROM old) <> $5)
         UPDATE keycloak_group SET parent_id = $3, name = $4, path = $5, attributes = $6 WHERE id = $1 AND realm_id = $2 RETURNING id`,
        [group.id, group.realmId, group.parentId ?? null, group.name, group.path, JSON.stringify(group.attributes)],
      );
      if (changed.length === 0) throw conflict('group', group.path);
    },

    async remove(realmId, id) {
      return (await sql.run('group-remove', 'DELETE FROM keycloak_group WHERE realm_id = $1 AND id = $2', [realmId, id])) > 0;
    },

    async roleIds(id) {
      const rows = await sql.rows<{ role_id: string }>(
        'group-role-ids',
        'SELECT role_id FROM group_role_mapping WHERE group_id = $1 ORDER BY role_id',
        [id],
      );
      return rows.map((row) => row.role_id);
    },

    async addRoles(id, roleIds) {
      await sql.run(
        'group-add-roles',
        'INSERT INTO group_role_mapping (group_id, role_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
        [id, roleIds],
      );
    },

    async removeRoles(id, roleIds) {
      await sql.run('group-remove-roles', 'DELETE FROM group_role_mapping WHERE group_id = $1 AND role_id = ANY ($2::text[])', [
        id,
        roleIds,
      ]);
    },
  };
}

function groupOf(row: GroupRow): Group {
  return {
    id: row.id,
    realmId: row.realm_id,
    ...(row.parent_id === null ? {} : { parentId: row.parent_id }),
    name: row.name,
    path: row.path,
    attributes: row.attributes,
  };
}
