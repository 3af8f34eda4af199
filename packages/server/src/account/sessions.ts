import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Representation } from '../realm/fields.ts';
import { ACCOUNT_CLIENT, type AccountCall, accountRoutes } from './account-route.ts';
import { sessionToRepresentation } from './session-representation.ts';

/** The sessions of a person: looking at them, ending one, ending all the others. */
export function registerSessions(app: FastifyInstance, context: ServerContext): void {
  const declare = accountRoutes(app, context);
  const { userSessions } = context.state;

  declare('GET', '/sessions', ['view-profile'], listSessions);

  declare('DELETE', '/sessions/:sessionId', [], async (call) => {
    const { sessionId = '' } = call.request.params as { sessionId?: string };
    for (const offline of [false, true]) {
      const session = await userSessions.get(call.realm, sessionId, offline);
      // Whose session it is says the session, and never the address.
      if (session?.userId === call.bearer.user.id) await end(call, [sessionId], offline);
    }
    return undefined;
  });

  declare('DELETE', '/sessions', [], async (call) => {
    const { current } = call.request.query as { current?: string };
    const own = call.bearer.session?.id;
    const sessions = await userSessions.ofUser(call.realm, call.bearer.user.id, false);
    const ids = sessions.map(({ session }) => session.id);
    await end(call, current === 'true' ? ids : ids.filter((id) => id !== own), false);
    return undefined;
  });
}

async function end(call: AccountCall, ids: readonly string[], offline: boolean): Promise<void> {
  const { context, realm, request, bearer, issuer } = call;
  for (const sessionId of await context.logouts.endSessions(realm, ids, { issuer, offline })) {
    context.events.emit({
      type: 'LOGOUT',
      realmId: realm.id,
      realmName: realm.realm,
      clientId: ACCOUNT_CLIENT,
      userId: bearer.user.id,
      sessionId,
      ipAddress: requestContext(request).remoteAddress,
    });
  }
}

async function listSessions(call: AccountCall): Promise<Representation[]> {
  const sessions = await call.context.state.userSessions.ofUser(call.realm, call.bearer.user.id, false);
  return Promise.all(sessions.map((listed) => sessionToRepresentation(call, listed)));
}
