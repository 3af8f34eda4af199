import { randomUUID } from 'node:crypto';
import { clientTags, grantsTag, userTags } from '../cache/invalidation-keys.ts';
import { ServerError } from '../http/errors.ts';
import type { Client, Realm, User } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import { clientFromRepresentation } from './client-representation.ts';
import { Fields } from './fields.ts';
import type { RealmServices } from './import-realm.ts';
import { planRealm, scopeNamesFor } from './plan-realm.ts';
import { serviceAccountOf } from './plan-users.ts';
import { masterRealm, masterRepresentation } from './realm-defaults.ts';
import { storeRealm, type Touch } from './store-realm.ts';

/** The first administrator, as the options bootstrap-admin-* give it; made only together with the master realm. */
export type FirstAdmin =
  | { readonly username: string; readonly password: string }
  | { readonly clientId: string; readonly clientSecret: string };

/** Marks users and clients that are meant to be replaced by a lasting administrator. */
const temporaryMark = 'is_temporary_admin';

/**
 * Makes the master realm, and with it the first administrator, where there is none. True for the one node that made it: of any number that
 * start at once the others find it there.
 */
export async function ensureMasterRealm(services: RealmServices, admins: readonly FirstAdmin[]): Promise<boolean> {
  if (await services.stores.realms.byName(masterRealm)) return false;
  const plan = await planRealm(masterRepresentation, services);
  const additions = await Promise.all(admins.map((admin) => prepare(services, plan.realm, admin)));
  try {
    await services.changes.write(async (stores, touch) => {
      await storeRealm(stores, plan, touch);
      for (const add of additions) await add(stores, touch);
    });
    return true;
  } catch (error) {
    if (error instanceof ServerError && error.code === 'KG_STORE_DUPLICATE' && (await services.stores.realms.byName(masterRealm)))
      return false;
    throw error;
  }
}

/**
 * Makes an administrator of the master realm: a user, or a client with a service account. It is temporary: the console reminds whoever logs in
 * with it to make a lasting one.
 * @throws ServerError KG_STORE_DUPLICATE where the name is taken.
 */
export async function bootstrapAdmin(services: RealmServices, admin: FirstAdmin): Promise<void> {
  if (await ensureMasterRealm(services, [admin])) return;
  const realm = await services.stores.realms.byName(masterRealm);
  if (!realm) throw new ServerError('KG_STORE_CONFLICT', 'The master realm was removed meanwhile.');
  const add = await prepare(services, realm, admin);
  try {
    await services.changes.write(add);
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 'KG_STORE_DUPLICATE') throw error;
    const what = 'clientId' in admin ? `client '${admin.clientId}'` : `user '${admin.username}'`;
    throw new ServerError('KG_STORE_DUPLICATE', `The master realm has a ${what} already. Choose another name.`);
  }
}

/** Does the slow part, a password's hash, before any transaction. */
async function prepare(
  { hashPassword, clock }: RealmServices,
  realm: Realm,
  admin: FirstAdmin,
): Promise<(stores: Stores, touch: Touch) => Promise<void>> {
  const nowMs = clock.nowMs();
  if ('clientId' in admin) return (stores, touch) => addServiceAdmin(stores, touch, realm, admin, nowMs);
  const stored = await hashPassword(realm, admin.password);
  return async (stores, touch) => {
    const user: User = {
      id: randomUUID(),
      realmId: realm.id,
      version: 0,
      username: admin.username.toLowerCase(),
      emailVerified: false,
      enabled: true,
      createdTimestamp: nowMs,
      notBefore: 0,
      attributes: { [temporaryMark]: ['true'] },
      requiredActions: [],
    };
    await stores.users.insert(user);
    await stores.credentials.insert({
      id: randomUUID(),
      userId: user.id,
      type: 'password',
      createdDate: nowMs,
      priority: 10,
      version: 0,
      ...stored,
    });
    await makeAdmin(stores, touch, realm, user);
  };
}

async function addServiceAdmin(
  stores: Stores,
  touch: Touch,
  realm: Realm,
  admin: { clientId: string; clientSecret: string },
  nowMs: number,
): Promise<void> {
  const representation = {
    clientId: admin.clientId,
    secret: admin.clientSecret,
    serviceAccountsEnabled: true,
    standardFlowEnabled: false,
    attributes: { [temporaryMark]: 'true' },
  };
  const names = scopeNamesFor(await stores.clientScopes.ofRealm(realm.id), 'openid-connect', true);
  const client: Client = clientFromRepresentation(new Fields(representation, 'bootstrap-admin'), realm.id, names);
  await stores.clients.insert(client);
  touch(...clientTags(client));
  const user = serviceAccountOf(client, nowMs);
  await stores.users.insert(user);
  await makeAdmin(stores, touch, realm, user);
}

async function makeAdmin(stores: Stores, touch: Touch, realm: Realm, user: User): Promise<void> {
  const admin = await stores.roles.byName(realm.id, undefined, 'admin');
  if (!admin) throw new ServerError('KG_STORE_CONFLICT', 'The master realm has no role "admin"; add it, then try again.');
  await stores.users.addRoles(user.id, [admin.id, realm.defaultRole.id]);
  touch(...userTags(user), grantsTag(user.id));
}
