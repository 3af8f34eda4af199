import { sql as fragment } from 'kysely';
import { firstRow, type Sql } from '../database/sql.ts';
import type { Role } from '../model/index.ts';
import { conflict } from './conflict.ts';
import { builder, limits, literal, runBuilt } from './query-builder.ts';
import type { RoleStore } from './stores.ts';

interface RoleRow {
  readonly id: string;
  readonly realm_id: string;
  readonly client_id: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly attributes: Role['attributes'];
  readonly composite: boolean;
}

const columns = `id, realm_id, client_id, name, description, attributes,
  EXISTS (SELECT FROM composite_role WHERE composite_role.composite = keycloak_role.id) AS composite`;

export function createRoleStore(sql: Sql): RoleStore {
  return {
    async byId(realmId, id) {
      const row = await firstRow(
        sql.rows<RoleRow>('role-by-id', `SELECT ${columns} FROM keycloak_role WHERE realm_id = $1 AND id = $2`, [realmId, id]),
      );
      return row && roleOf(row);
    },

    async byIds(realmId, ids) {
      const rows = await sql.rows<RoleRow>(
        'role-by-ids',
        `SELECT ${columns} FROM keycloak_role WHERE realm_id = $1 AND id = ANY ($2::text[]) ORDER BY name`,
        [realmId, ids],
      );
      return rows.map(roleOf);
    },

    async byName(realmId, clientId, name) {
      const row = await firstRow(
        clientId === undefined
          ? sql.rows<RoleRow>(
              'role-realm-by-name',
              `SELECT ${columns} FROM keycloak_role WHERE realm_id = $1 AND client_id IS NULL AND name = $2`,
              [realmId, name],
            )
          : sql.rows<RoleRow>(
              'role-client-by-name',
              `SELECT ${columns} FROM keycloak_role WHERE realm_id = $1 AND client_id = $2 AND name = $3`,
              [realmId, clientId, name],
            ),
      );
      return row && roleOf(row);
    },

    async list(realmId, clientId, query = {}) {
      const { offset, limit } = limits(query);
      let search = builder
        .selectFrom('keycloak_role')
        .select(fragment.raw<never>(columns) as never)
        .where('realm_id', '=', realmId)
        .where('client_id', clientId === undefined ? 'is' : '=', clientId ?? null);
      if (query.search) {
        const like = `%${literal(query.search)}%`;
        search = search.where((where) => where.or([where('name', 'ilike', like), where('description', 'ilike', like)]));
      }
      const rows = await runBuilt<RoleRow>(sql, 'role-list', search.orderBy('name').offset(offset).limit(limit).compile());
      return rows.map(roleOf);
    },

    async insert(role) {
      await sql.run(
        'role-insert',
        'INSERT INTO keycloak_role (id, realm_id, client_id, name, description, attributes) VALUES ($1, $2, $3, $4, $5, $6)',
        [role.id, role.realmId, role.clientId ?? null, role.name, role.description ?? null, JSON.stringify(role.attributes)],
      );
    },

    async update(role) {
      const changed = await sql.run(
        'role-update',
        'UPDATE keycloak_role SET name = $3, description = $4, attributes = $5 WHERE id = $1 AND realm_id = $2',
        [role.id, role.realmId, role.name, role.description ?? null, JSON.stringify(role.attributes)],
      );
      if (changed === 0) throw conflict('role', role.name);
    },

    async remove(realmId, id) {
      return (await sql.run('role-remove', 'DELETE FROM keycloak_role WHERE realm_id = $1 AND id = $2', [realmId, id])) > 0;
    },

    async composites(id) {
      const rows = await sql.rows<{ child_role: string }>(
        'role-composites',
        'SELECT child_role FROM composite_role WHERE composite = $1 ORDER BY child_role',
        [id],
      );
      return rows.map((row) => row.child_role);
    },

    async expansion(realmId, ids) {
      const rows = await sql.rows<RoleRow>(
        'role-expansion',
        `WITH RECURSIVE reached (id) AS (
           SELECT unnest($2::text[]) UNION SELECT child_role FROM composite_role JOIN reached ON reached.id = composite_role.composite)
         SELECT ${columns} FROM keycloak_role WHERE realm_id = $1 AND id IN (SELECT id FROM reached) ORDER BY id`,
        [realmId, ids],
      );
      return rows.map(roleOf);
    },

    async holders(realmId, clientId, names) {
      const rows = await sql.rows<{ name: string; role: string; holders: string[] }>(
        'role-holders',
        `WITH RECURSIVE held (name, role, holder) AS (
           SELECT name, id, id FROM keycloak_role WHERE realm_id = $1 AND client_id IS NOT DISTINCT FROM $2 AND name = ANY ($3::text[])
           UNION SELECT held.name, held.role, composite FROM composite_role JOIN held ON held.holder = composite_role.child_role)
         SELECT name, role, array_agg(holder ORDER BY holder) AS holders FROM held GROUP BY name, role`,
        [realmId, clientId ?? null, names],
      );
      return rows;
    },

    async addComposites(id, children) {
      await sql.run(
        'role-add-composites',
        'INSERT INTO composite_role (composite, child_role) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
        [id, children],
      );
    },

    async removeComposites(id, children) {
      await sql.run('role-remove-composites', 'DELETE FROM composite_role WHERE composite = $1 AND child_role = ANY ($2::text[])', [
        id,
        children,
      ]);
    },
  };
}

function roleOf(row: RoleRow): Role {
  return {
    id: row.id,
    realmId: row.realm_id,
    ...(row.client_id === null ? {} : { clientId: row.client_id }),
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    composite: row.composite,
    attributes: row.attributes,
  };
}
