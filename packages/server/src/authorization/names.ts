import type { Group, Realm } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import type { Names } from './policies/policy-type.ts';

/** Names of a realm, looked up in the stores of the change that needs them. */
export function storeNames(stores: Pick<Stores, 'roles' | 'users' | 'clients' | 'groups' | 'clientScopes'>, realm: Realm): Names {
  let groups: Promise<readonly Group[]> | undefined;
  const names: Names = {
    async role(nameOrId) {
      const slash = nameOrId.indexOf('/');
      const clientUuid = slash < 0 ? undefined : await names.client(nameOrId.slice(0, slash));
      const ofRealm = await stores.roles.byName(realm.id, undefined, nameOrId);
      if (ofRealm !== undefined) return ofRealm.id;
      if (clientUuid !== undefined) return (await stores.roles.byName(realm.id, clientUuid, nameOrId.slice(slash + 1)))?.id;
      return (await stores.roles.byId(realm.id, nameOrId))?.id;
    },
    user: async (nameOrId) => ((await stores.users.byId(realm.id, nameOrId)) ?? (await stores.users.byUsername(realm.id, nameOrId)))?.id,
    client: async (clientIdOrId) =>
      ((await stores.clients.byClientId(realm.id, clientIdOrId)) ?? (await stores.clients.byId(realm.id, clientIdOrId)))?.id,
    async group(path) {
      groups ??= stores.groups.list(realm.id);
      const wanted = path.startsWith('/') ? path : `/${path}`;
      return (await groups).find((group) => group.path === wanted)?.id;
    },
    clientScope: async (nameOrId) =>
      (await stores.clientScopes.ofRealm(realm.id)).find(({ id, name }) => id === nameOrId || name === nameOrId)?.id,
  };
  return names;
}
