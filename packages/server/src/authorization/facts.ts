import type { Directory } from '../cache/contracts.ts';
import type { AuthorizationPolicy, Realm } from '../model/index.ts';
import type { Facts, References } from './evaluation/subject.ts';
import { policyType } from './policies/index.ts';

/** What facts are looked up in: the caches, or the stores of an export. */
export type FactSource = Pick<Directory, 'role' | 'group' | 'userById' | 'clientScopes' | 'clientById'>;

/** Looks up what the ids in policies stand for. */
export async function loadFacts(directory: FactSource, realm: Realm, policies: Iterable<AuthorizationPolicy>): Promise<Facts> {
  const wanted = collect(policies);
  const [roles, groups, users, scopes] = await Promise.all([
    found(wanted.roles, (id) => directory.role(realm, id)),
    found(wanted.groups, (id) => directory.group(realm, id)),
    found(wanted.users, (id) => directory.userById(realm, id)),
    wanted.clientScopes.size === 0 ? [] : directory.clientScopes(realm),
  ]);
  for (const { clientId } of roles.values()) if (clientId !== undefined) wanted.clients.add(clientId);
  const clients = await found(wanted.clients, (id) => directory.clientById(realm, id));
  const scopeNames = new Map(scopes.map(({ id, name }) => [id, name]));
  return {
    role(id) {
      const role = roles.get(id);
      if (role === undefined) return undefined;
      const clientId = role.clientId === undefined ? undefined : clients.get(role.clientId)?.clientId;
      return role.clientId !== undefined && clientId === undefined ? undefined : { name: role.name, clientId };
    },
    group: (id) => groups.get(id),
    client: (id) => clients.get(id)?.clientId,
    clientScope: (id) => scopeNames.get(id),
    user: (id) => users.get(id)?.username,
  };
}

type Wanted = { readonly [kind in keyof Required<References>]: Set<string> };

function collect(policies: Iterable<AuthorizationPolicy>): Wanted {
  const wanted: Wanted = { roles: new Set(), groups: new Set(), clients: new Set(), clientScopes: new Set(), users: new Set() };
  for (const { type, config } of policies) {
    const references = policyType(type)?.references?.(config) ?? {};
    for (const [kind, ids] of Object.entries(references) as [keyof Wanted, readonly string[]][]) for (const id of ids) wanted[kind].add(id);
  }
  return wanted;
}

async function found<T>(ids: ReadonlySet<string>, load: (id: string) => Promise<T | undefined>): Promise<ReadonlyMap<string, T>> {
  const entries = await Promise.all([...ids].map(async (id) => [id, await load(id)] as const));
  return new Map(entries.flatMap(([id, value]) => (value === undefined ? [] : [[id, value] as const])));
}
