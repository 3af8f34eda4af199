import type { FastifyInstance } from 'fastify';
import { realmTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { adminRoutes, issuerOf, parameter, write } from './admin-route.ts';
import { notFound } from './answers.ts';
import { queryFlag } from './query.ts';

/** Sessions of a whole realm: statistics, the end of one, the end of all. */
export function registerRealmSessions(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { userSessions, directory } = context.state;

  declare('GET /client-session-stats', async ({ realm }) => {
    const [active, offline] = await Promise.all([userSessions.countByClient(realm, false), userSessions.countByClient(realm, true)]);
    const rows = [];
    for (const id of new Set([...active.keys(), ...offline.keys()])) {
      const client = await directory.clientById(realm, id);
      if (!client) continue;
      rows.push({ id, clientId: client.clientId, active: String(active.get(id) ?? 0), offline: String(offline.get(id) ?? 0) });
    }
    return rows;
  });

  declare('DELETE /sessions/:sessionId', async (call) => {
    const offline = queryFlag(call.request, 'isOffline') ?? false;
    const options = { issuer: issuerOf(call), offline };
    if (!(await context.logouts.endSession(call.realm, parameter(call.request, 'sessionId'), options)))
      throw notFound('Sesssion not found');
  });

  declare('POST /logout-all', async ({ realm }) => {
    const notBefore = context.clock.nowSeconds();
    // Tokens that are on their way were issued before this second: not-before refuses them, offline ones too.
    await write(context, async ({ realms }, touch) => {
      const current = await realms.byId(realm.id);
      if (!current) return;
      await realms.update({ ...current, notBefore });
      touch(...realmTags(current));
    });
    await userSessions.removeOfRealm(realm);
    return context.logouts.tellAdminUrls(realm, await context.storage.stores.clients.list(realm.id, {}), 'LOGOUT', notBefore);
  });

  declare('POST /push-revocation', async ({ realm }) => {
    const clients = await context.storage.stores.clients.list(realm.id, {});
    return context.logouts.tellAdminUrls(realm, clients, 'PUSH_NOT_BEFORE', realm.notBefore);
  });
}
