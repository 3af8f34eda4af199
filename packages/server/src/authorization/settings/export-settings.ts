import { permissionTypes } from '../../model/authorization.ts';
import type { AuthorizationPolicy, AuthorizationScope, ProtectedResource, ResourceServer } from '../../model/index.ts';
import type { AuthorizationStores } from '../../store/authorization-stores.ts';
import type { Facts } from '../evaluation/subject.ts';
import { policyType } from '../policies/index.ts';
import type { Json } from '../policies/policy-type.ts';
import { given, settingsOf } from '../representation/shapes.ts';

/** What an export needs beside the resource server itself. */
export interface ExportTools {
  readonly stores: AuthorizationStores;
  factsFor(policies: readonly AuthorizationPolicy[]): Promise<Facts>;
}

/** Everything of a resource server without ids, in the form that `importSettings` and Keycloak read; what users share is not part of it. */
export async function exportSettings({ stores, factsFor }: ExportTools, server: ResourceServer): Promise<Json> {
  const [scopes, resources, policies] = await Promise.all([
    stores.scopes.list(server.id),
    stores.resources.list(server.id),
    stores.policies.list(server.id, { owner: null }),
  ]);
  const owners = new Set(resources.flatMap(({ owner }) => (owner === server.id ? [] : [owner])));
  const facts = await factsFor([...policies, ownersAsPolicy(server, owners)]);
  const books = { scopes: byId(scopes), resources: byId(resources), policies: byId(policies) };
  const permissions: readonly string[] = permissionTypes;
  // What others ask comes before those who ask.
  const rank = ({ type }: AuthorizationPolicy): number => (permissions.includes(type) ? 2 : type === 'aggregate' ? 1 : 0);
  return settingsOf(
    server,
    resources.map((resource) => exportedResource(resource, server, books.scopes, facts)),
    policies.toSorted((a, b) => rank(a) - rank(b)).map((policy) => exportedPolicy(policy, books, facts)),
    scopes.map(({ name, iconUri, displayName }) => ({ name, ...given({ iconUri, displayName }) })),
  );
}

/** Names of users are facts about policies; owners of resources are asked for in the same way. */
function ownersAsPolicy(server: ResourceServer, owners: ReadonlySet<string>): AuthorizationPolicy {
  const config = { users: JSON.stringify([...owners]) };
  const none = { policyIds: [], resourceIds: [], scopeIds: [] };
  return { id: '', serverId: server.id, name: '', type: 'user', logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', config, ...none };
}

type Book<T> = ReadonlyMap<string, T>;

function exportedResource(resource: ProtectedResource, server: ResourceServer, scopes: Book<AuthorizationScope>, facts: Facts): Json {
  const owner = resource.owner === server.id ? undefined : facts.user(resource.owner);
  const names = resource.scopeIds.flatMap((id) => scopes.get(id)?.name ?? []);
  return {
    name: resource.name,
    ...given({ type: resource.type }),
    ...(owner === undefined ? {} : { owner: { name: owner } }),
    ownerManagedAccess: resource.ownerManagedAccess,
    ...given({ displayName: resource.displayName }),
    attributes: resource.attributes,
    uris: resource.uris,
    ...(names.length === 0 ? {} : { scopes: names.map((name) => ({ name })) }),
    ...given({ icon_uri: resource.iconUri }),
  };
}

function exportedPolicy(
  policy: AuthorizationPolicy,
  books: {
    readonly scopes: Book<AuthorizationScope>;
    readonly resources: Book<ProtectedResource>;
    readonly policies: Book<AuthorizationPolicy>;
  },
  facts: Facts,
): Json {
  const named = (name: string, ids: readonly string[], book: Book<{ readonly name: string }>) => {
    const names = ids.flatMap((id) => book.get(id)?.name ?? []);
    return names.length === 0 ? {} : { [name]: JSON.stringify(names) };
  };
  const { name, description, type, logic, decisionStrategy, config } = policy;
  return {
    name,
    ...given({ description }),
    type,
    logic,
    decisionStrategy,
    config: {
      ...(policyType(type)?.exported?.(config, facts) ?? config),
      ...named('resources', policy.resourceIds, books.resources),
      ...named('scopes', policy.scopeIds, books.scopes),
      ...named('applyPolicies', policy.policyIds, books.policies),
    },
  };
}

function byId<T extends { readonly id: string }>(list: readonly T[]): Book<T> {
  return new Map(list.map((one) => [one.id, one]));
}
