import type {
  AuthorizationPolicy,
  AuthorizationScope,
  Client,
  PermissionTicket,
  ProtectedResource,
  ResourceServer,
} from '../model/index.ts';
import type { AuthorizationStores, PolicyLink } from '../store/authorization-stores.ts';
import {
  policiesOfResourceTag,
  policiesOfScopeTag,
  policiesOfTypeTag,
  policyTag,
  resourceListsTag,
  resourceServerTag,
  resourceTag,
  scopesTag,
  ticketsTag,
} from './authorization-keys.ts';
import { batched } from './batched.ts';
import { wholeRealm } from './invalidation-keys.ts';
import type { LocalCache } from './local-cache.ts';

/** The scopes of a resource server, found by either name. */
export interface ScopeBook {
  readonly byId: ReadonlyMap<string, AuthorizationScope>;
  readonly byName: ReadonlyMap<string, AuthorizationScope>;
}

/** Read side of the local cache `authorization`: frozen objects, loaded on a miss, dropped by invalidation. */
export interface AuthorizationDirectory {
  /** Undefined where the client has no authorization services. */
  server(client: Client): Promise<ResourceServer | undefined>;
  scopes(server: ResourceServer): Promise<ScopeBook>;
  resource(server: ResourceServer, id: string): Promise<ProtectedResource | undefined>;
  resourceByName(server: ResourceServer, owner: string, name: string): Promise<ProtectedResource | undefined>;
  /** Ids of resources, ordered by name. */
  resourcesOfOwner(server: ResourceServer, owner: string): Promise<readonly string[]>;
  resourcesOfType(server: ResourceServer, type: string): Promise<readonly string[]>;
  resourcesOfScope(server: ResourceServer, scopeId: string): Promise<readonly string[]>;
  policy(server: ResourceServer, id: string): Promise<AuthorizationPolicy | undefined>;
  /** Ids of the policies that name a type of resources; of those that name a scope and no resource. */
  policiesOfType(server: ResourceServer, type: string): Promise<readonly string[]>;
  policiesOfScope(server: ResourceServer, scopeId: string): Promise<readonly string[]>;
  /** Granted tickets of a user. */
  ticketsOf(server: ResourceServer, requester: string): Promise<readonly PermissionTicket[]>;
}

/** Most servers whose statements are joined at once; more is a sweep over all of them, which starts afresh. */
const MAX_LOADERS = 1_000;

/** The directory over the local cache; every entry is tagged with what makes it stale. */
export function createAuthorizationDirectory(stores: AuthorizationStores, cache: LocalCache): AuthorizationDirectory {
  const loadersOf = loaders(stores);
  const tagsOf = (server: ResourceServer, ...tags: readonly string[]): readonly string[] => [
    wholeRealm(server.realmId),
    resourceServerTag(server.id),
    ...tags,
  ];
  const list = async <T>(server: ResourceServer, key: string, tag: string, load: () => Promise<readonly T[]>): Promise<readonly T[]> =>
    (await cache.get(key, async () => ({ value: Object.freeze([...(await load())]), tags: tagsOf(server, tag) }))) ?? [];
  const resourceEntry = (server: ResourceServer, resource: ProtectedResource | undefined) =>
    resource && {
      value: Object.freeze(resource),
      tags: tagsOf(server, resourceTag(resource.id), policiesOfResourceTag(resource.id), `user:${resource.owner}`),
    };
  const { resources, tickets } = stores;

  return {
    server: async ({ id, authorizationServicesEnabled }) =>
      authorizationServicesEnabled
        ? cache.get(`server:${id}`, async () => {
            const server = await stores.servers.byId(id);
            return server && { value: Object.freeze(server), tags: tagsOf(server, `client:${id}`) };
          })
        : undefined,
    scopes: async (server) =>
      (await cache.get(`scopes:${server.id}`, async () => {
        const scopes = await stores.scopes.list(server.id);
        const value: ScopeBook = {
          byId: new Map(scopes.map((scope) => [scope.id, Object.freeze(scope)])),
          byName: new Map(scopes.map((scope) => [scope.name, scope])),
        };
        return { value, tags: tagsOf(server, scopesTag(server.id)) };
      })) ?? { byId: new Map(), byName: new Map() },
    resource: (server, id) =>
      cache.get(`resource:${server.id}/${id}`, async () => resourceEntry(server, await loadersOf(server.id).resource(id))),
    resourceByName: (server, owner, name) =>
      cache.get(`resource-name:${server.id}/${owner}/${name}`, async () =>
        resourceEntry(server, await resources.byName(server.id, owner, name)),
      ),
    resourcesOfOwner: (server, owner) =>
      list(server, `of-owner:${server.id}/${owner}`, resourceListsTag(server.id), () => resources.ids(server.id, { owner })),
    resourcesOfType: (server, type) =>
      list(server, `of-type:${server.id}/${type}`, resourceListsTag(server.id), () => resources.ids(server.id, { type })),
    resourcesOfScope: (server, scopeId) =>
      list(server, `of-scope:${server.id}/${scopeId}`, resourceListsTag(server.id), () =>
        resources.ids(server.id, { scopeIds: [scopeId] }),
      ),
    policy: (server, id) =>
      cache.get(`policy:${server.id}/${id}`, async () => {
        const policy = await loadersOf(server.id).policy(id);
        return policy && { value: Object.freeze(policy), tags: tagsOf(server, policyTag(id)) };
      }),
    policiesOfType: (server, type) =>
      list(server, `policies-of-type:${server.id}/${type}`, policiesOfTypeTag(server.id, type), async () =>
        orNone(await loadersOf(server.id).policiesOfType(type)),
      ),
    policiesOfScope: (server, id) =>
      list(server, `policies-of-scope:${server.id}/${id}`, policiesOfScopeTag(id), async () =>
        orNone(await loadersOf(server.id).policiesOfScope(id)),
      ),
    ticketsOf: (server, requester) =>
      list(server, `tickets:${server.id}/${requester}`, ticketsTag({ serverId: server.id, requester }), () =>
        tickets.list(server.id, { requester, granted: true }),
      ),
  };
}

/** Loads of one server, joined where they come at once. */
interface Loaders {
  resource(id: string): Promise<ProtectedResource | undefined>;
  policy(id: string): Promise<AuthorizationPolicy | undefined>;
  policiesOfType(type: string): Promise<readonly string[] | undefined>;
  policiesOfScope(id: string): Promise<readonly string[] | undefined>;
}

function loaders({ resources, policies }: AuthorizationStores): (serverId: string) => Loaders {
  const known = new Map<string, Loaders>();
  return (serverId) => {
    let made = known.get(serverId);
    if (made === undefined) {
      if (known.size >= MAX_LOADERS) known.clear();
      made = {
        resource: batched(async (ids) => byId(await resources.byIds(serverId, ids))),
        policy: batched(async (ids) => byId(await policies.byIds(serverId, ids))),
        policiesOfType: batched(async (types) => linked(await policies.ofTypes(serverId, types))),
        policiesOfScope: batched(async (ids) => linked(await policies.ofScopes(serverId, ids))),
      };
      known.set(serverId, made);
    }
    return made;
  };
}

function byId<T extends { readonly id: string }>(found: readonly T[]): ReadonlyMap<string, T> {
  return new Map(found.map((one) => [one.id, one]));
}

function linked(links: readonly PolicyLink[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { of, policyId } of links) {
    const known = found.get(of);
    if (known === undefined) found.set(of, [policyId]);
    else known.push(policyId);
  }
  return found;
}

function orNone(ids: readonly string[] | undefined): readonly string[] {
  return ids ?? [];
}
