import { clientTags, realmTags, wholeRealm } from '../cache/invalidation-keys.ts';
import type { Stores } from '../store/stores.ts';
import { masterClientOf } from './management-roles.ts';
import { addMasterClient } from './master-client.ts';
import { masterRealm } from './realm-defaults.ts';
import type { RealmPlan } from './realm-plan.ts';
import { storeAuthorization } from './store-authorization.ts';

/** Names what a change touched, for the caches of all members. */
export type Touch = (...keys: string[]) => void;

/**
 * Stores a planned realm; awaits nothing but SQL. A realm other than master also gets its client in master, and master itself one for
 * every realm that is there.
 * @throws ServerError KG_STORE_DUPLICATE where the name or an id is taken.
 */
export async function storeRealm(stores: Stores, plan: RealmPlan, touch: Touch): Promise<void> {
  const { realm } = plan;
  await stores.realms.insert(realm);
  touch(...realmTags(realm), wholeRealm(realm.id));
  for (const key of plan.keys) await stores.keys.insert(realm.id, key);
  for (const scope of plan.clientScopes) await stores.clientScopes.insert(scope);
  for (const client of plan.clients) await stores.clients.insert(client);
  for (const role of plan.roles) await stores.roles.insert(role);
  for (const [id, children] of plan.composites) await stores.roles.addComposites(id, children);
  for (const [id, roleIds] of plan.clientMappings) await stores.clients.addScopeMappings(id, roleIds);
  for (const [id, roleIds] of plan.scopeMappings) await stores.clientScopes.addScopeMappings(id, roleIds);
  for (const group of plan.groups) await stores.groups.insert(group);
  for (const [id, roleIds] of plan.groupRoles) await stores.groups.addRoles(id, roleIds);
  await stores.users.insertWhole(plan.users);
  // A command with the database for itself reads files on the way, so that all is stored or nothing; a node never brings such users.
  for await (const batch of plan.furtherUsers?.() ?? []) await stores.users.insertWhole(batch);
  await storeAuthorization(stores, plan);
  if (realm.realm !== masterRealm) {
    await addMasterClient(stores, realm.realm, touch);
    return;
  }
  for (const other of await stores.realms.list()) if (other.id !== realm.id) await addMasterClient(stores, other.realm, touch);
}

/** Removes a realm with everything in it, and its client in master. False if it was not there. */
export async function removeRealm(stores: Stores, name: string, touch: Touch): Promise<boolean> {
  const realm = await stores.realms.byName(name);
  if (!realm) return false;
  touch(...realmTags(realm), wholeRealm(realm.id));
  await stores.realms.remove(realm.id);
  const master = name === masterRealm ? undefined : await stores.realms.byName(masterRealm);
  const client = master && (await stores.clients.byClientId(master.id, masterClientOf(name)));
  if (client) {
    touch(...clientTags(client), wholeRealm(client.realmId));
    await stores.clients.remove(client.realmId, client.id);
  }
  return true;
}
