import { clientTags, grantsTag, userTags, wholeRealm } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Client, Realm } from '../model/index.ts';
import { masterClientOf, realmManagementClient } from '../realm/management-roles.ts';
import { masterRealm } from '../realm/realm-defaults.ts';
import { write } from './admin-route.ts';
import { endClientSessions } from './client-sessions.ts';

/** Removes a client with its sessions, its account and its roles. */
export async function removeClient(context: ServerContext, realm: Realm, client: Client): Promise<void> {
  await endClientSessions(context, realm, client);
  await write(context, async (open, touch) => {
    const account = await open.users.byServiceAccount(realm.id, client.id);
    if (account) {
      await open.users.remove(realm.id, account.id);
      touch(...userTags(account), grantsTag(account.id));
    }
    await open.clients.remove(realm.id, client.id);
    // Its roles go with it, from wherever they were given.
    touch(...clientTags(client), wholeRealm(realm.id));
  });
}

/** The clients whose roles administer a realm: without them nobody could any more. */
export function isManagementClient(realm: Realm, { clientId, attributes }: Client): boolean {
  if (attributes['realm_client'] !== 'true') return false;
  return clientId === realmManagementClient || (realm.realm === masterRealm && clientId.endsWith(masterClientOf('')));
}
