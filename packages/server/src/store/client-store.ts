import { sql as fragment } from 'kysely';
import { firstRow, type Sql } from '../database/sql.ts';
import type { Client } from '../model/index.ts';
import { conflict } from './conflict.ts';
import { builder, limits, literal, runBuilt } from './query-builder.ts';
import type { ClientStore } from './stores.ts';

type Columns = 'id' | 'realmId' | 'clientId' | 'version' | 'defaultClientScopes' | 'optionalClientScopes';

interface ClientRow {
  readonly id: string;
  readonly realm_id: string;
  readonly client_id: string;
  readonly version: number;
  readonly body: Omit<Client, Columns>;
  readonly scopes: readonly { readonly name: string; readonly default: boolean }[];
}

const columns = `client.id, client.realm_id, client.client_id, client.version, client.body,
  (SELECT coalesce(json_agg(json_build_object('name', scope.name, 'default', link.default_scope) ORDER BY scope.name), '[]')
     FROM client_scope_client link JOIN client_scope scope ON scope.id = link.scope_id WHERE link.client_id = client.id) AS scopes`;

/** Links the client $1 of realm $2 with the scopes named in $3 (default) and $4 (optional); a default one is not optional too. */
const linkScopes = `INSERT INTO client_scope_client (client_id, scope_id, default_scope)
  SELECT $1, id, name = ANY ($3::text[]) FROM client_scope
   WHERE realm_id = $2 AND (name = ANY ($3::text[]) OR name = ANY ($4::text[]))`;

export function createClientStore(sql: Sql): ClientStore {
  return {
    async byId(realmId, id) {
      const row = await firstRow(
        sql.rows<ClientRow>('client-by-id', `SELECT ${columns} FROM client WHERE realm_id = $1 AND id = $2`, [realmId, id]),
      );
      return row && clientOf(row);
    },

    async byClientId(realmId, clientId) {
      const row = await firstRow(
        sql.rows<ClientRow>('client-by-client-id', `SELECT ${columns} FROM client WHERE realm_id = $1 AND client_id = $2`, [
          realmId,
          clientId,
        ]),
      );
      return row && clientOf(row);
    },

    async list(realmId, query = {}) {
      const { offset, limit } = limits(query);
      let page = builder.selectFrom('client').select('id').where('realm_id', '=', realmId);
      if (query.clientId !== undefined && query.search) page = page.where('client_id', 'ilike', `%${literal(query.clientId)}%`);
      else if (query.clientId !== undefined) page = page.where('client_id', '=', query.clientId);
      // The page is found first: rows that an offset skips would have their scopes looked up as well.
      const search = builder
        .selectFrom('client')
        .select(fragment.raw<never>(columns) as never)
        .where('id', 'in', page.orderBy('client_id').offset(offset).limit(limit))
        .orderBy('client_id');
      const rows = await runBuilt<ClientRow>(sql, 'client-list', search.compile());
      return rows.map(clientOf);
    },

    clientIds(realmId, ids) {
      return sql.rows<{ id: string; clientId: string }>(
        'client-ids',
        'SELECT id, client_id AS "clientId" FROM client WHERE realm_id = $1 AND id = ANY ($2::text[])',
        [realmId, ids],
      );
    },

    async insert(client) {
      await sql.run(
        'client-insert',
        `WITH inserted AS (INSERT INTO client (id, realm_id, client_id, version, body) VALUES ($1, $2, $5, $6, $7)) ${linkScopes}`,
        [
          client.id,
          client.realmId,
          client.defaultClientScopes,
          client.optionalClientScopes,
          client.clientId,
          client.version,
          bodyOf(client),
        ],
      );
    },

    async countExclusively(realmId) {
      // What is counted is seen by a statement that begins when the lock is held.
      await sql.rows('client-count-lock', 'SELECT FROM realm WHERE id = $1 FOR NO KEY UPDATE', [realmId]);
      const rows = await sql.rows<{ count: number }>('client-count', 'SELECT count(*) AS count FROM client WHERE realm_id = $1', [realmId]);
      return rows[0]?.count ?? 0;
    },

    async update(client) {
      const changed = await sql.rows<{ id: string }>(
        'client-update',
        `WITH updated AS (
           UPDATE client SET client_id = $5, body = $7, version = version + 1
            WHERE id = $1 AND realm_id = $2 AND version = $6 RETURNING id),
         unlinked AS (
           DELETE FROM client_scope_client link USING client_scope scope
            WHERE link.client_id IN (SELECT id FROM updated) AND scope.id = link.scope_id
              AND NOT (scope.name = ANY ($3::text[]) OR scope.name = ANY ($4::text[]))),
         linked AS (
           ${linkScopes} AND EXISTS (SELECT FROM updated)
           ON CONFLICT (client_id, scope_id) DO UPDATE SET default_scope = excluded.default_scope)
         SELECT id FROM updated`,
        [
          client.id,
          client.realmId,
          client.defaultClientScopes,
          client.optionalClientScopes,
          client.clientId,
          client.version,
          bodyOf(client),
        ],
      );
      if (changed.length === 0) throw conflict('client', client.clientId);
      return { ...client, version: client.version + 1 };
    },

    async remove(realmId, id) {
      return (await sql.run('client-remove', 'DELETE FROM client WHERE realm_id = $1 AND id = $2', [realmId, id])) > 0;
    },

    async scopeMappings(id) {
      const rows = await sql.rows<{ role_id: string }>(
        'client-scope-mappings',
        'SELECT role_id FROM scope_mapping WHERE client_id = $1 ORDER BY role_id',
        [id],
      );
      return rows.map((row) => row.role_id);
    },

    async addScopeMappings(id, roleIds) {
      await sql.run(
        'client-add-scope-mappings',
        'INSERT INTO scope_mapping (client_id, role_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
        [id, roleIds],
      );
    },

    async removeScopeMappings(id, roleIds) {
      await sql.run('client-remove-scope-mappings', 'DELETE FROM scope_mapping WHERE client_id = $1 AND role_id = ANY ($2::text[])', [
        id,
        roleIds,
      ]);
    },
  };
}

function bodyOf(client: Client): string {
  const { id: _, realmId: __, clientId: ___, version: ____, defaultClientScopes, optionalClientScopes, ...body } = client;
  return JSON.stringify(body);
}

function clientOf({ id, realm_id: realmId, client_id: clientId, version, body, scopes }: ClientRow): Client {
  return {
    ...body,
    id,
    realmId,
    clientId,
    version,
    defaultClientScopes: scopes.filter((scope) => scope.default).map((scope) => scope.name),
    optionalClientScopes: scopes.filter((scope) => !scope.default).map((scope) => scope.name),
  };
}
