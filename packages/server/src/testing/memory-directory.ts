import type { Directory } from '../cache/contracts.ts';
import type { Client, ClientScope, Group, Realm, RealmKey, Role, User, UserGrants } from '../model/index.ts';

/** Everything that a test puts into its directory; arrays may be changed while the test runs. */
export interface DirectoryData {
  readonly realms: Realm[];
  readonly clients: Client[];
  readonly users: User[];
  readonly roles: Role[];
  readonly groups: Group[];
  /** Realm id -> keys. */
  readonly keys: Map<string, RealmKey[]>;
  readonly clientScopes: ClientScope[];
  /** Client UUID or client scope id -> role ids. */
  readonly scopeMappings: Map<string, string[]>;
  /** Composite role id -> ids of its parts. */
  readonly composites: Map<string, string[]>;
  readonly groupRoles: Map<string, string[]>;
  /** User id -> grants. */
  readonly grants: Map<string, UserGrants>;
}

export function emptyDirectoryData(): DirectoryData {
  return {
    realms: [],
    clients: [],
    users: [],
    roles: [],
    groups: [],
    keys: new Map(),
    clientScopes: [],
    scopeMappings: new Map(),
    composites: new Map(),
    groupRoles: new Map(),
    grants: new Map(),
  };
}

/** The directory over plain arrays. */
export function memoryDirectory(data: DirectoryData): Directory {
  const inRealm =
    <T extends { realmId: string }>(realm: Realm, test: (item: T) => boolean) =>
    (item: T) =>
      item.realmId === realm.id && test(item);
  return {
    // The arrays change without a word.
    generation: () => undefined,
    realmByName: async (name) => data.realms.find((realm) => realm.realm === name),
    realmById: async (id) => data.realms.find((realm) => realm.id === id),
    keys: async (realm) => [...(data.keys.get(realm.id) ?? [])].sort((a, b) => b.priority - a.priority),
    clientByClientId: async (realm, clientId) => data.clients.find(inRealm(realm, (client) => client.clientId === clientId)),
    clientById: async (realm, id) => data.clients.find(inRealm(realm, (client) => client.id === id)),
    clientScopes: async (realm) => data.clientScopes.filter((scope) => scope.realmId === realm.id),
    clientScopeMappings: async (_realm, client) => data.scopeMappings.get(client.id) ?? [],
    scopeMappingsOf: async (_realm, scope) => data.scopeMappings.get(scope.id) ?? [],
    role: async (realm, id) => data.roles.find(inRealm(realm, (role) => role.id === id)),
    roleByName: async (realm, clientUuid, name) =>
      data.roles.find(inRealm(realm, (role) => role.clientId === clientUuid && role.name === name)),
    expandRoles: async (_realm, ids) => expand(data, ids),
    roleHolders: async (realm, clientUuid, names) =>
      new Map(
        names.flatMap((name) => {
          const role = data.roles.find(inRealm(realm, (one) => one.clientId === clientUuid && one.name === name));
          if (role === undefined) return [];
          const holders = data.roles.filter((one) => expand(data, [one.id]).includes(role));
          return [[name, new Set(holders.map((one) => one.id))]];
        }),
      ),
    group: async (realm, id) => data.groups.find(inRealm(realm, (group) => group.id === id)),
    groupRoles: async (_realm, id) => data.groupRoles.get(id) ?? [],
    userById: async (realm, id) => data.users.find(inRealm(realm, (user) => user.id === id)),
    userByUsername: async (realm, username) => data.users.find(inRealm(realm, (user) => user.username === username.toLowerCase())),
    userByEmail: async (realm, email) => data.users.find(inRealm(realm, (user) => user.email === email.toLowerCase())),
    serviceAccount: async (realm, client) => data.users.find(inRealm(realm, (user) => user.serviceAccountClientLink === client.id)),
    grants: async (_realm, user) => data.grants.get(user.id) ?? { roleIds: [], groupIds: [] },
  };
}

function expand(data: DirectoryData, ids: readonly string[]): Role[] {
  const seen = new Set<string>();
  const queue = [...ids];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    queue.push(...(data.composites.get(id) ?? []));
  }
  return data.roles.filter((role) => seen.has(role.id));
}
