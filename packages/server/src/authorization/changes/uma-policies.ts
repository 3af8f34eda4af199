import { randomUUID } from 'node:crypto';
import { policyTags } from '../../cache/authorization-keys.ts';
import type { AuthorizationPolicy, ProtectedResource } from '../../model/index.ts';
import { textsOf } from '../policies/config-lists.ts';
import { policyType } from '../policies/index.ts';
import type { Json } from '../policies/policy-type.ts';
import { refused } from '../refusal.ts';
import type { Change } from './change.ts';
import { createPolicy, updatePolicy } from './policies.ts';

/** What an owner may make the sharing depend on: field of the representation -> type of the policy, and its field. */
const kinds = {
  roles: (values: readonly string[]): Json => ({ roles: values.map((id) => ({ id })) }),
  groups: (values: readonly string[]): Json => ({ groups: values.map((path) => ({ path })) }),
  clients: (values: readonly string[]): Json => ({ clients: values }),
  users: (values: readonly string[]): Json => ({ users: values }),
} as const satisfies Readonly<Record<string, (values: readonly string[]) => Json>>;
const typeOf = { roles: 'role', groups: 'group', clients: 'client', users: 'user' } as const;

/** Shares a resource by the owner's own rules: each kind of rule must be met, by any one of its entries. @throws ReplyError 400, 409. */
export async function createUmaPolicy(
  change: Change,
  resource: ProtectedResource,
  body: Json,
  owner: string,
): Promise<AuthorizationPolicy> {
  const plain = plainOf(body, await scopesIn(change, resource, body));
  const policy = await createPolicy(change, 'uma', { ...plain, resources: [resource.id] }, owner);
  return ruled(change, policy, body);
}

/** Replaces the rules and the scopes. @throws ReplyError 400, 409. */
export async function updateUmaPolicy(
  change: Change,
  resource: ProtectedResource,
  policy: AuthorizationPolicy,
  body: Json,
): Promise<AuthorizationPolicy> {
  const plain = plainOf({ name: policy.name, ...body }, await scopesIn(change, resource, body));
  const { stores, server, touch } = change;
  const updated = await updatePolicy(change, policy.id, { ...plain, policies: [] });
  for (const rule of await stores.policies.byIds(server.id, policy.policyIds)) {
    touch(...policyTags(rule));
    await stores.policies.remove(server.id, rule.id);
  }
  return ruled(change, updated, body);
}

/** How a shared permission is written down: its rules by the names of what they name. */
export function umaPolicyFields(rules: readonly AuthorizationPolicy[], exported: (rule: AuthorizationPolicy) => Json): Json {
  const lists: Record<string, string[]> = {};
  const add = (name: string, values: readonly string[]): void => {
    if (values.length > 0) lists[name] = [...(lists[name] ?? []), ...values];
  };
  for (const rule of rules) {
    const config = exported(rule);
    const list = (name: string): readonly unknown[] => (typeof config[name] === 'string' ? (JSON.parse(config[name]) as unknown[]) : []);
    const texts = (name: string, member?: string): readonly string[] =>
      list(name).flatMap((one) => {
        const value = member === undefined ? one : (one as Json)[member];
        return typeof value === 'string' ? [value] : [];
      });
    if (rule.type === 'role') add('roles', texts('roles', 'id'));
    if (rule.type === 'group') add('groups', texts('groups', 'path'));
    if (rule.type === 'client') add('clients', texts('clients'));
    if (rule.type === 'user') add('users', texts('users'));
  }
  return lists;
}

function plainOf(body: Json, scopes: readonly string[]): Json {
  const { name, description, decisionStrategy, logic } = body;
  if (body['condition'] !== undefined && body['condition'] !== null) throw refused(400, 'invalid_request', 'Script upload not supported');
  return { name, description, decisionStrategy, logic, scopes };
}

/** Names of scopes of the resource; all of them where none is named. */
async function scopesIn({ stores, server }: Change, resource: ProtectedResource, body: Json): Promise<readonly string[]> {
  const known = new Map((await stores.scopes.list(server.id)).map(({ id, name }) => [id, name]));
  const own = resource.scopeIds.flatMap((id) => known.get(id) ?? []);
  const wanted = textsOf(body['scopes']);
  if (wanted.some((name) => !own.includes(name))) {
    throw refused(400, 'invalid_request', `Some of the scopes [[${wanted.join(', ')}]] are not valid for resource [${resource.id}]`);
  }
  return wanted.length === 0 ? own : wanted;
}

async function ruled(change: Change, policy: AuthorizationPolicy, body: Json): Promise<AuthorizationPolicy> {
  const { stores, names, touch } = change;
  const policyIds: string[] = [];
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    const values = textsOf(body[kind]);
    if (values.length === 0) continue;
    const type = typeOf[kind];
    const config = (await policyType(type)?.read(kinds[kind](values), names)) ?? {};
    const { serverId, owner } = policy;
    const common = {
      serverId,
      owner,
      logic: 'POSITIVE',
      decisionStrategy: 'UNANIMOUS',
      policyIds: [],
      resourceIds: [],
      scopeIds: [],
    } as const;
    const rule: AuthorizationPolicy = { ...common, id: randomUUID(), name: randomUUID(), type, config };
    await stores.policies.insert(rule);
    policyIds.push(rule.id);
  }
  const linked = { ...policy, policyIds };
  await stores.policies.update(linked);
  touch(...policyTags(linked));
  return linked;
}
