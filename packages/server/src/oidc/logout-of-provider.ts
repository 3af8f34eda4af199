import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ProviderLogout, readLogoutToken } from '../broker/logout-token.ts';
import { BrokerProblem } from '../broker/tokens-of-provider.ts';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Realm } from '../model/index.ts';
import { acceptFormsOnly, formOf } from './form.ts';
import { invalidRequest } from './oauth-error.ts';
import { enabledRealmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';

/** Sessions of one session there: more than one where somebody logged in from it again. */
const MAX_SESSIONS = 100;

/** POST /realms/{realm}/protocol/openid-connect/logout/backchannel-logout: a provider tells of a logout there. */
export function registerLogoutOfProvider(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    acceptFormsOnly(scope);
    declareEndpoint(scope, {
      url: '/realms/:realm/protocol/openid-connect/logout/backchannel-logout',
      corsMethods: 'POST, OPTIONS',
      handlers: { POST: (request, reply) => answer(context, request, reply) },
    });
  });
}

async function answer(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  // OpenID Connect Back-Channel Logout 1.0 section 2.8.
  reply.header('cache-control', 'no-store');
  const realm = await enabledRealmOf(context, request);
  const { issuer, remoteAddress } = requestContext(request);
  const event = { realmId: realm.id, realmName: realm.realm, ipAddress: remoteAddress };
  const refuse = (message: string) => {
    context.events.emit({ ...event, type: 'LOGOUT_ERROR', error: 'invalid_token', details: { reason: message } });
    return invalidRequest(message);
  };
  const token = formOf(request).get('logout_token');
  if (!token) throw refuse('No logout token');
  const logout = await readLogoutToken(context, realm, token).catch((error: unknown) => {
    if (error instanceof BrokerProblem) throw refuse(error.message);
    throw error;
  });
  const used = `provider-logout:${realm.id}:${logout.alias}:${logout.jti}`;
  const isNew = await context.state.singleUseObjects.putIfAbsent(used, Math.max(1, logout.expires - context.clock.nowSeconds()));
  if (!isNew) throw refuse('The logoutToken was used already');
  for (const offline of logout.revokesOffline ? [false, true] : [false]) {
    const ids = await sessionsOf(context, realm, logout, offline);
    const ended = await context.logouts.endSessions(realm, ids, { issuer: issuer(realm.realm), offline, byProvider: true });
    for (const sessionId of ended) {
      context.events.emit({ ...event, type: 'LOGOUT', sessionId, details: { identity_provider: logout.alias } });
    }
  }
  return reply.code(200).send();
}

/** Ids of the sessions that a login at the provider opened: those of the session there, or all of its user. */
async function sessionsOf(
  { storage, state }: ServerContext,
  realm: Realm,
  { alias, sessionId, subject }: ProviderLogout,
  offline: boolean,
): Promise<readonly string[]> {
  const { sessions, federatedIdentities } = storage.stores;
  const reference = sessionId === undefined ? undefined : `${alias}.${sessionId}`;
  const found = new Set(reference === undefined ? [] : await sessions.ofBrokerSession(realm.id, reference, offline, MAX_SESSIONS));
  const userId = subject === undefined ? undefined : await federatedIdentities.userOf(realm.id, alias, subject);
  for (const { session } of userId === undefined ? [] : await state.userSessions.ofUser(realm, userId, offline)) {
    const isMeant = reference === undefined ? session.notes['identity_provider'] === alias : session.brokerSessionId === reference;
    if (isMeant) found.add(session.id);
  }
  return [...found];
}
