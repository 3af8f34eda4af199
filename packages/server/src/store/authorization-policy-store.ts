import { firstRow, type Sql } from '../database/sql.ts';
import { permissionTypes } from '../model/authorization.ts';
import type { AuthorizationPolicy } from '../model/index.ts';
import type { AuthorizationPolicyStore, PolicyLink, PolicyQuery } from './authorization-stores.ts';
import { conflict } from './conflict.ts';
import { limits, literal } from './query-builder.ts';

interface PolicyRow {
  readonly id: string;
  readonly resource_server_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: string;
  readonly logic: AuthorizationPolicy['logic'];
  readonly decision_strategy: AuthorizationPolicy['decisionStrategy'];
  readonly owner: string | null;
  readonly config: AuthorizationPolicy['config'];
  readonly policy_ids: string[];
  readonly resource_ids: string[];
  readonly scope_ids: string[];
}

const own = 'id, resource_server_id, name, description, type, logic, decision_strategy, owner, config';
const columns = `${own
  .split(', ')
  .map((name) => `p.${name}`)
  .join(', ')},
  array(SELECT a.associated_policy_id FROM associated_policy a WHERE a.policy_id = p.id ORDER BY 1) AS policy_ids,
  array(SELECT r.resource_id FROM resource_policy r WHERE r.policy_id = p.id ORDER BY 1) AS resource_ids,
  array(SELECT s.scope_id FROM scope_policy s WHERE s.policy_id = p.id ORDER BY 1) AS scope_ids`;

export function createAuthorizationPolicyStore(sql: Sql): AuthorizationPolicyStore {
  const some = async (name: string, condition: string, values: readonly unknown[]): Promise<AuthorizationPolicy[]> =>
    (await sql.rows<PolicyRow>(name, `SELECT ${columns} FROM resource_server_policy p WHERE ${condition}`, values)).map(policyOf);
  const links = (name: string, statement: string, serverId: string, of: readonly string[]): Promise<PolicyLink[]> =>
    sql.rows<PolicyLink>(`authorization-policy-of-${name}`, statement, [serverId, of]);

  return {
    byIds: (serverId, ids) =>
      some('authorization-policy-by-ids', 'p.resource_server_id = $1 AND p.id = ANY ($2::text[]) ORDER BY p.name', [serverId, ids]),
    byName: (serverId, name) =>
      firstRow(some('authorization-policy-by-name', 'p.resource_server_id = $1 AND p.name = $2', [serverId, name])),
    list: (serverId, query = {}) => some('authorization-policy-list', matching, conditions(serverId, query)),
    ofResources: (serverId, ids) =>
      links(
        'resources',
        `SELECT r.resource_id AS of, p.id AS "policyId" FROM resource_policy r JOIN resource_server_policy p ON p.id = r.policy_id
          WHERE p.resource_server_id = $1 AND r.resource_id = ANY ($2::text[]) ORDER BY p.name`,
        serverId,
        ids,
      ),
    ofTypes: (serverId, types) =>
      links(
        'types',
        `SELECT p.config ->> 'defaultResourceType' AS of, p.id AS "policyId" FROM resource_server_policy p
          WHERE p.resource_server_id = $1 AND p.config ->> 'defaultResourceType' = ANY ($2::text[]) ORDER BY p.name`,
        serverId,
        types,
      ),
    ofScopes: (serverId, ids) =>
      links(
        'scopes',
        `SELECT s.scope_id AS of, p.id AS "policyId" FROM scope_policy s JOIN resource_server_policy p ON p.id = s.policy_id
          WHERE p.resource_server_id = $1 AND s.scope_id = ANY ($2::text[])
            AND NOT EXISTS (SELECT FROM resource_policy r WHERE r.policy_id = p.id) ORDER BY p.name`,
        serverId,
        ids,
      ),
    dependents: (serverId, id) =>
      some(
        'authorization-policy-dependents',
        `p.resource_server_id = $1 AND p.id IN (SELECT a.policy_id FROM associated_policy a WHERE a.associated_policy_id = $2) ORDER BY p.name`,
        [serverId, id],
      ),

    async insert(policy) {
      await sql.run(
        'authorization-policy-insert',
        `INSERT INTO resource_server_policy (${own}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        valuesOf(policy),
      );
      await link(sql, policy);
    },

    async update(policy) {
      const changed = await sql.run(
        'authorization-policy-update',
        `UPDATE resource_server_policy
            SET name = $3, description = $4, type = $5, logic = $6, decision_strategy = $7, owner = $8, config = $9
          WHERE id = $1 AND resource_server_id = $2`,
        valuesOf(policy),
      );
      if (changed === 0) throw conflict('policy', policy.name);
      await sql.run('authorization-policy-unlink-policies', 'DELETE FROM associated_policy WHERE policy_id = $1', [policy.id]);
      await sql.run('authorization-policy-unlink-resources', 'DELETE FROM resource_policy WHERE policy_id = $1', [policy.id]);
      await sql.run('authorization-policy-unlink-scopes', 'DELETE FROM scope_policy WHERE policy_id = $1', [policy.id]);
      await link(sql, policy);
    },

    async remove(serverId, id) {
      const removed = await sql.run(
        'authorization-policy-remove',
        'DELETE FROM resource_server_policy WHERE resource_server_id = $1 AND id = $2',
        [serverId, id],
      );
      return removed > 0;
    },
  };
}

const matching = `p.resource_server_id = $1
  AND ($2::text[] IS NULL OR p.id = ANY ($2))
  AND ($3::text IS NULL OR p.name ILIKE $3)
  AND ($4::text IS NULL OR p.type = $4)
  AND ($5::boolean IS NULL OR (p.type = ANY ('{${permissionTypes.join(',')}}')) = $5)
  AND ($6::text IS NULL OR p.config ->> 'defaultResourceType' = $6)
  AND ($7::boolean IS NULL OR (p.owner IS NULL) = $7)
  AND ($8::text IS NULL OR p.owner = $8)
  AND ($9::text[] IS NULL OR EXISTS (SELECT FROM resource_policy r WHERE r.policy_id = p.id AND r.resource_id = ANY ($9)))
  AND ($10::text[] IS NULL OR EXISTS (SELECT FROM scope_policy s WHERE s.policy_id = p.id AND s.scope_id = ANY ($10)))
  ORDER BY p.name OFFSET $11 LIMIT $12`;

function conditions(serverId: string, query: PolicyQuery): unknown[] {
  const { offset, limit } = limits(query);
  return [
    serverId,
    query.ids ?? null,
    query.name === undefined ? null : `%${literal(query.name)}%`,
    query.type ?? null,
    query.permission ?? null,
    query.resourceType ?? null,
    query.owner === null ? true : null,
    query.owner ?? null,
    query.resourceIds ?? null,
    query.scopeIds ?? null,
    offset,
    limit,
  ];
}

async function link(sql: Sql, policy: AuthorizationPolicy): Promise<void> {
  const insert = (name: string, table: string, column: string, ids: readonly string[]): Promise<unknown> =>
    ids.length === 0
      ? Promise.resolve()
      : sql.run(
          `authorization-policy-link-${name}`,
          `INSERT INTO ${table} (policy_id, ${column}) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`,
          [policy.id, ids],
        );
  await insert('policies', 'associated_policy', 'associated_policy_id', policy.policyIds);
  await insert('resources', 'resource_policy', 'resource_id', policy.resourceIds);
  await insert('scopes', 'scope_policy', 'scope_id', policy.scopeIds);
}

function valuesOf(policy: AuthorizationPolicy): unknown[] {
  return [
    policy.id,
    policy.serverId,
    policy.name,
    policy.description ?? null,
    policy.type,
    policy.logic,
    policy.decisionStrategy,
    policy.owner ?? null,
    JSON.stringify(policy.config),
  ];
}

function policyOf(row: PolicyRow): AuthorizationPolicy {
  return {
    id: row.id,
    serverId: row.resource_server_id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    type: row.type,
    logic: row.logic,
    decisionStrategy: row.decision_strategy,
    ...(row.owner === null ? {} : { owner: row.owner }),
    config: row.config,
    policyIds: row.policy_ids,
    resourceIds: row.resource_ids,
    scopeIds: row.scope_ids,
  };
}
