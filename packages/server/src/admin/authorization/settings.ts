import { withSettings } from '../../authorization/changes/servers.ts';
import { serverToRepresentation } from '../../authorization/representation/shapes.ts';
import { exportSettings } from '../../authorization/settings/export-settings.ts';
import { importSettings } from '../../authorization/settings/import-settings.ts';
import { resourceServerTag } from '../../cache/authorization-keys.ts';
import type { Representation } from '../../realm/fields.ts';
import { type AdminHandler, bodyOf } from '../admin-route.ts';
import { resourceServerShape } from './bodies.ts';
import { base, changeServer, serverOf } from './server-of.ts';

/** The resource server itself: its modes, and all that it holds in one document. */
export function declareSettings(declare: (endpoint: string, handler: AdminHandler) => void): void {
  declare(`GET ${base}`, async (call) => {
    const { client, server } = await serverOf(call);
    return serverToRepresentation(server, client.clientId);
  });

  declare(`PUT ${base}`, async (call) => {
    const body = bodyOf<Representation>(call.request, resourceServerShape);
    await changeServer(call, async ({ stores, server, touch }) => {
      const current = (await stores.servers.byId(server.id)) ?? server;
      await stores.servers.put(withSettings(current, body));
      touch(resourceServerTag(server.id));
    });
  });

  declare(`GET ${base}/settings`, async (call) => {
    const { server } = await serverOf(call);
    const { authorization, storage } = call.context;
    const factsFor = (policies: Parameters<typeof authorization.factsFor>[1]) => authorization.factsFor(call.realm, policies);
    return exportSettings({ stores: storage.stores.authorization, factsFor }, server);
  });

  declare(`POST ${base}/import`, async (call) => {
    const body = bodyOf<Representation>(call.request, resourceServerShape);
    await changeServer(call, (change) => importSettings(change, body));
  });
}
