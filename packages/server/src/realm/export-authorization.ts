import { loadFacts } from '../authorization/facts.ts';
import { exportSettings } from '../authorization/settings/export-settings.ts';
import type { Client, Realm } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import type { Representation } from './fields.ts';

/** `authorizationSettings` of a client that is a resource server; nothing of others. */
export async function exportAuthorization(stores: Stores, realm: Realm, client: Client): Promise<Representation> {
  const server = client.authorizationServicesEnabled ? await stores.authorization.servers.byId(client.id) : undefined;
  if (server === undefined) return {};
  const directory = {
    role: (_realm: Realm, id: string) => stores.roles.byId(realm.id, id),
    group: (_realm: Realm, id: string) => stores.groups.byId(realm.id, id),
    userById: (_realm: Realm, id: string) => stores.users.byId(realm.id, id),
    clientById: (_realm: Realm, id: string) => stores.clients.byId(realm.id, id),
    clientScopes: () => stores.clientScopes.ofRealm(realm.id),
  };
  const tools = {
    stores: stores.authorization,
    factsFor: (policies: Parameters<typeof loadFacts>[2]) => loadFacts(directory, realm, policies),
  };
  return { authorizationSettings: await exportSettings(tools, server) };
}
