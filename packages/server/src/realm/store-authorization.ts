import { newResourceServer } from '../authorization/changes/servers.ts';
import { storeNames } from '../authorization/names.ts';
import type { Json } from '../authorization/policies/policy-type.ts';
import { importSettings } from '../authorization/settings/import-settings.ts';
import { ReplyError, ServerError } from '../http/errors.ts';
import type { Stores } from '../store/stores.ts';
import type { RealmPlan } from './realm-plan.ts';

/**
 * Makes the resource servers of a planned realm with what they protect; everything that policies name is stored before.
 * @throws ServerError KG_BAD_IMPORT naming the client and what cannot be.
 */
export async function storeAuthorization(stores: Stores, { realm, clients, authorizationSettings }: RealmPlan): Promise<void> {
  for (const client of clients) {
    if (!client.authorizationServicesEnabled) continue;
    const server = newResourceServer(client);
    await stores.authorization.servers.put(server);
    const settings: Json | undefined = authorizationSettings.get(client.id);
    if (settings === undefined) continue;
    const names = storeNames(stores, realm);
    // The whole realm is dropped from the caches anyway.
    const change = { realm, server, stores: stores.authorization, names, touch: () => undefined };
    await importSettings(change, settings).catch((error: unknown) => {
      if (!(error instanceof ReplyError)) throw error;
      throw new ServerError('KG_BAD_IMPORT', `client ${client.clientId}.authorizationSettings: ${JSON.stringify(error.body)}`, {
        cause: error,
      });
    });
  }
}
