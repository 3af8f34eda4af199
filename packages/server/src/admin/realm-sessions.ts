import type { FastifyInstance } from 'fastify';
import { realmTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { adminRoutes, parameter, write } from './admin-route.ts';
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

  declare('DELETE /sessions/:sessionId', async ({ realm, request }) => {
    const offline = queryFlag(request, 'isOffline') ?? false;
    if (!(await userSessions.remove(realm, parameter(request, 'sessionId'), offline))) throw notFound('Sesssion not found');
  });

  declare('POST /logout-all', async ({ realm }) => {
    // Tokens that are on their way were issued before this second: not-before refuses them, offline ones too.
    await write(context, async ({ realms }, touch) => {
      const current = await realms.byId(realm.id);
      if (!current) return;
      await realms.update({ ...current, notBefore: context.clock.nowSeconds() });
      touch(...realmTags(current));
    });
    await userSessions.removeOfRealm(realm);
    return {};
  });

  // Clients are told of a new not-before only where they registered an address for it; there is no such registration.
  declare('POST /push-revocation', async () => ({}));
}
