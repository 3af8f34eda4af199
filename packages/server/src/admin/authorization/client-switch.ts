import { randomUUID } from 'node:crypto';
import { followSwitch, newResourceServer, umaProtection } from '../../authorization/changes/servers.ts';
import { storeNames } from '../../authorization/names.ts';
import type { Json } from '../../authorization/policies/policy-type.ts';
import { importSettings } from '../../authorization/settings/import-settings.ts';
import { grantsTag, roleTags } from '../../cache/invalidation-keys.ts';
import type { Client, Realm, Role } from '../../model/index.ts';
import type { Stores } from '../../store/stores.ts';
import { invalidValue } from '../answers.ts';

type Touch = (...keys: string[]) => void;

/** A client that is to have authorization services needs an account of its own. @throws ReplyError 400. */
export function checkAuthorizationSwitch({ authorizationServicesEnabled, serviceAccountsEnabled, publicClient }: Client): void {
  if (!authorizationServicesEnabled || (serviceAccountsEnabled && !publicClient)) return;
  throw invalidValue('Authorization services need a confidential client with service accounts enabled');
}

/**
 * Makes the client a resource server, or takes that away. The client's own account gets the role that opens the protection API;
 * `settings` (authorizationSettings of a representation) are taken in where they come.
 */
export async function followAuthorizationSwitch(
  stores: Stores,
  realm: Realm,
  client: Client,
  settings: unknown,
  touch: Touch,
): Promise<void> {
  if (await followSwitch(stores, client, touch)) await openProtectionApi(stores, realm, client, touch);
  if (!client.authorizationServicesEnabled || typeof settings !== 'object' || settings === null) return;
  const server = (await stores.authorization.servers.byId(client.id)) ?? newResourceServer(client);
  const change = { realm, server, stores: stores.authorization, names: storeNames(stores, realm), touch };
  await importSettings(change, settings as Json);
}

async function openProtectionApi(stores: Stores, realm: Realm, client: Client, touch: Touch): Promise<void> {
  const known = await stores.roles.byName(realm.id, client.id, umaProtection);
  const role: Role = known ?? {
    id: randomUUID(),
    realmId: realm.id,
    clientId: client.id,
    name: umaProtection,
    composite: false,
    attributes: {},
  };
  if (known === undefined) {
    await stores.roles.insert(role);
    touch(...roleTags(role));
  }
  const account = await stores.users.byServiceAccount(realm.id, client.id);
  if (account === undefined) return;
  await stores.users.addRoles(account.id, [role.id]);
  touch(grantsTag(account.id));
}
