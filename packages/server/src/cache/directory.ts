import type { Realm, Role } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import type { Directory } from './contracts.ts';
import {
  clientScopesTag,
  clientTags,
  compositesTag,
  grantsTag,
  groupRolesTag,
  groupTag,
  holdersTag,
  realmKeysTag,
  realmTags,
  roleTags,
  scopeMappingsTag,
  userTags,
  wholeRealm,
} from './invalidation-keys.ts';
import type { Loaded, LocalCache } from './local-cache.ts';

export interface DirectoryOptions {
  readonly stores: Stores;
  /** Cache `realms`: realms, clients, roles, groups, scopes and keys. */
  readonly realms: LocalCache;
  /** Cache `users`: users and their grants. */
  readonly users: LocalCache;
}

/** Longest list of role ids whose expansion is kept; a longer one is read each time. */
const MAX_KEPT_EXPANSION = 64;

/** A load that finds one object or nothing. */
async function one<T>(loading: Promise<T | undefined>, tags: (value: T) => readonly string[]): Promise<Loaded<T> | undefined> {
  const value = await loading;
  return value === undefined ? undefined : { value: deepFreeze(value), tags: tags(value) };
}

/** A load that always finds a list. */
async function list<T>(loading: Promise<readonly T[]>, tags: readonly string[]): Promise<Loaded<readonly T[]>> {
  return { value: deepFreeze(await loading), tags };
}

/** Cached objects are shared by all requests; nobody may change them. Byte arrays cannot be frozen and are left as they are. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

/** The directory over the local caches; every entry is tagged with what makes it stale. */
export function createDirectory({ stores, realms, users }: DirectoryOptions): Directory {
  const withRealm = (realmId: string, tags: readonly string[]): readonly string[] => [wholeRealm(realmId), ...tags];

  const role = (realm: Realm, id: string): Promise<Role | undefined> =>
    realms.get(`role:${id}`, () => one(stores.roles.byId(realm.id, id), (found) => withRealm(realm.id, roleTags(found))));

  return {
    generation: () => {
      const [ofRealms, ofUsers] = [realms.generation, users.generation];
      // Both only grow, so that a sum stays only where both do.
      return ofRealms === undefined || ofUsers === undefined ? undefined : ofRealms + ofUsers;
    },
    realmByName: (name) =>
      realms.get(`realm-name:${name}`, () => one(stores.realms.byName(name), (realm) => withRealm(realm.id, realmTags(realm)))),
    realmById: (id) => realms.get(`realm:${id}`, () => one(stores.realms.byId(id), (realm) => withRealm(realm.id, realmTags(realm)))),
    keys: async (realm) =>
      (await realms.get(`realm-keys:${realm.id}`, async () =>
        list(
          stores.keys.ofRealm(realm.id).then((keys) => keys.toSorted((a, b) => b.priority - a.priority)),
          withRealm(realm.id, [realmKeysTag(realm.id)]),
        ),
      )) ?? [],
    clientByClientId: (realm, clientId) =>
      realms.get(`client-id:${realm.id}/${clientId}`, () =>
        one(stores.clients.byClientId(realm.id, clientId), (client) => withRealm(realm.id, clientTags(client))),
      ),
    clientById: (realm, id) =>
      realms.get(`client:${realm.id}/${id}`, () =>
        one(stores.clients.byId(realm.id, id), (client) => withRealm(realm.id, clientTags(client))),
      ),
    clientScopes: async (realm) =>
      (await realms.get(`client-scopes:${realm.id}`, () =>
        list(stores.clientScopes.ofRealm(realm.id), withRealm(realm.id, [clientScopesTag(realm.id)])),
      )) ?? [],
    clientScopeMappings: async (realm, client) =>
      (await realms.get(`scope-mappings:${client.id}`, () =>
        list(stores.clients.scopeMappings(client.id), withRealm(realm.id, [scopeMappingsTag(client.id), `client:${client.id}`])),
      )) ?? [],
    scopeMappingsOf: async (realm, scope) =>
      (await realms.get(`scope-mappings:${scope.id}`, () =>
        list(stores.clientScopes.scopeMappings(scope.id), withRealm(realm.id, [scopeMappingsTag(scope.id), clientScopesTag(realm.id)])),
      )) ?? [],
    role,
    roleByName: (realm, clientUuid, name) =>
      realms.get(`role-name:${realm.id}/${clientUuid ?? ''}/${name}`, () =>
        one(stores.roles.byName(realm.id, clientUuid, name), (found) => withRealm(realm.id, roleTags(found))),
      ),
    expandRoles: async (realm, ids) => {
      if (ids.length === 0) return [];
      if (ids.length > MAX_KEPT_EXPANSION) return stores.roles.expansion(realm.id, ids);
      return (
        (await realms.get(`expansion:${realm.id}/${ids.join(' ')}`, async () => {
          const roles = deepFreeze(await stores.roles.expansion(realm.id, ids));
          const visited = new Set([...ids, ...roles.map((role) => role.id)]);
          return {
            value: roles,
            tags: withRealm(
              realm.id,
              [...visited].flatMap((id) => [`role:${id}`, compositesTag(id)]),
            ),
          };
        })) ?? []
      );
    },
    roleHolders: async (realm, clientUuid, names) =>
      (await realms.get(`holders:${realm.id}/${clientUuid ?? ''}/${names.join(' ')}`, async () => {
        const found = await stores.roles.holders(realm.id, clientUuid, names);
        const ofNames = names.map((name) => `role-name:${realm.id}/${clientUuid ?? ''}/${name}`);
        const above = new Set(found.flatMap((one) => one.holders));
        return {
          value: new Map(found.map(({ name, holders }) => [name, new Set(holders)])),
          tags: withRealm(realm.id, [...ofNames, ...[...above].map(holdersTag)]),
        };
      })) ?? new Map(),
    group: (realm, id) => realms.get(`group:${id}`, () => one(stores.groups.byId(realm.id, id), () => withRealm(realm.id, [groupTag(id)]))),
    groupRoles: async (realm, id) =>
      (await realms.get(`group-roles:${id}`, () =>
        list(stores.groups.roleIds(id), withRealm(realm.id, [groupRolesTag(id), groupTag(id)])),
      )) ?? [],
    userById: (realm, id) =>
      users.get(`user:${realm.id}/${id}`, () => one(stores.users.byId(realm.id, id), (user) => withRealm(realm.id, userTags(user)))),
    userByUsername: (realm, username) => {
      const name = username.toLowerCase();
      return users.get(`username:${realm.id}/${name}`, () =>
        one(stores.users.byUsername(realm.id, name), (user) => withRealm(realm.id, userTags(user))),
      );
    },
    userByEmail: (realm, email) => {
      const address = email.toLowerCase();
      return users.get(`email:${realm.id}/${address}`, () =>
        one(stores.users.byEmail(realm.id, address), (user) => withRealm(realm.id, userTags(user))),
      );
    },
    serviceAccount: (realm, client) =>
      users.get(`service-account:${client.id}`, () =>
        one(stores.users.byServiceAccount(realm.id, client.id), (user) => withRealm(realm.id, [...userTags(user), `client:${client.id}`])),
      ),
    grants: async (realm, user) =>
      (await users.get(`grants:${user.id}`, () =>
        one(stores.users.grants(user.id), () => withRealm(realm.id, [grantsTag(user.id), `user:${user.id}`])),
      )) ?? {
        roleIds: [],
        groupIds: [],
      },
  };
}
