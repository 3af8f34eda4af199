import type { FastifyInstance } from 'fastify';
import { userTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { adminRoutes, issuerOf, write } from './admin-route.ts';
import { clientOf, userOf } from './lookups.ts';
import { sessionToRepresentation } from './session-answers.ts';

/** Sessions of one user, and the end of all of them. */
export function registerUserSessions(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { userSessions } = context.state;

  declare('GET /users/:userId/sessions', async (call) => {
    const user = await userOf(call);
    const sessions = await userSessions.ofUser(call.realm, user.id, false);
    return Promise.all(sessions.map((listed) => sessionToRepresentation(context, call.realm, listed)));
  });

  declare('GET /users/:userId/offline-sessions/:clientUuid', async (call) => {
    const user = await userOf(call);
    const client = await clientOf(call, 'clientUuid', 'Client not found');
    const sessions = await userSessions.ofUser(call.realm, user.id, true);
    const ofClient = sessions.filter(({ clients }) => clients.some((one) => one.clientId === client.id));
    return Promise.all(ofClient.map((listed) => sessionToRepresentation(context, call.realm, listed, client.id)));
  });

  declare('POST /users/:userId/logout', async (call) => {
    const user = await userOf(call);
    // Offline tokens stay known to clients: not-before refuses them, also those of a session that is being made just now.
    await write(context, async (open, touch) => {
      const current = await open.users.byId(call.realm.id, user.id);
      if (!current) return;
      await open.users.update({ ...current, notBefore: context.clock.nowSeconds() });
      touch(...userTags(current));
    });
    const sessions = await userSessions.ofUser(call.realm, user.id, false);
    await context.logouts.endSessions(
      call.realm,
      sessions.map(({ session }) => session.id),
      { issuer: issuerOf(call) },
    );
  });
}
