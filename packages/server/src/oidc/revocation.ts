import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm } from '../model/index.ts';
import { BEARER_TYPES } from '../token/bearer.ts';
import type { Claims } from '../token/contracts.ts';
import { clientOf } from './client-of-request.ts';
import { acceptFormsOnly, formOf } from './form.ts';
import { invalidRequest, OAuthError } from './oauth-error.ts';
import { enabledRealmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';

const REFRESH_TYPES = ['Refresh', 'Offline'];

/** POST /realms/{realm}/protocol/openid-connect/revoke (RFC 7009). */
export function registerRevocation(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    acceptFormsOnly(scope);
    declareEndpoint(scope, {
      url: '/realms/:realm/protocol/openid-connect/revoke',
      corsMethods: 'POST, OPTIONS',
      handlers: { POST: (request, reply) => answerRevocation(context, request, reply) },
    });
  });
}

async function answerRevocation(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const realm = await enabledRealmOf(context, request);
  const form = formOf(request);
  const client = await clientOf(context, realm, request, reply, form, 'REVOKE_GRANT');
  const token = form.get('token');
  if (!token) throw invalidRequest('Token not provided');
  const { issuer, remoteAddress } = requestContext(request);
  const event = { realmId: realm.id, realmName: realm.realm, clientId: client.clientId, ipAddress: remoteAddress };
  const method = { client_auth_method: client.clientAuthenticatorType };
  const claims = await readToken(context, realm, issuer(realm.realm), client, token);
  if (claims === 'over') return reply.code(200).send();
  if (claims === 'unknown') {
    context.events.emit({ ...event, type: 'REVOKE_GRANT_ERROR', error: 'invalid_token', details: method });
    // RFC 7009 section 2.2: a token that is no good is as revoked as can be.
    return reply.code(200).send({ error: 'invalid_token', error_description: 'Invalid token' });
  }
  if (claims.typ !== undefined && ![...BEARER_TYPES, ...REFRESH_TYPES].includes(claims.typ)) {
    throw new OAuthError(400, 'unsupported_token_type', 'Unsupported token type');
  }
  if (claims.azp !== client.clientId) throw invalidRequest('Unmatching clients');
  const { sub: userId, sid, jti = '', typ = '' } = claims;
  if (REFRESH_TYPES.includes(typ)) {
    await endClientSession(context, realm, client, claims);
    const details = { ...method, revoked_client: client.clientId, refresh_token_type: typ, refresh_token_id: jti };
    context.events.emit({ ...event, type: 'REVOKE_GRANT', userId, sessionId: sid, details });
  } else {
    await revokeAccessToken(context, claims);
    context.events.emit({ ...event, type: 'REVOKE_GRANT', userId, details: { ...method, token_id: jti } });
  }
  return reply.code(200).send();
}

/** Access, refresh and id tokens are told apart by who signed them; the `token_type_hint` is not needed for it. */
async function readToken(
  context: ServerContext,
  realm: Realm,
  issuer: string,
  client: Client,
  token: string,
): Promise<Claims | 'unknown' | 'over'> {
  const signed = await context.tokens.verify(realm, issuer, token, undefined);
  if (signed.ok) return signed.claims;
  if (signed.reason === 'Token is not active') return 'over';
  for (const type of REFRESH_TYPES) {
    const internal = await context.tokens.verifyInternal(realm, token, type);
    if (!internal.ok || internal.claims.iss !== issuer) continue;
    if (internal.claims.azp !== client.clientId) return internal.claims;
    const alive = await context.state.userSessions.pair(realm, internal.claims.sid ?? '', client, type === 'Offline');
    return alive?.client ? internal.claims : 'unknown';
  }
  return 'unknown';
}

/** Revoking a refresh token ends what it stands for: the client's part of the session, and the session with its last client. */
async function endClientSession(context: ServerContext, realm: Realm, client: Client, claims: Claims): Promise<void> {
  const { userSessions } = context.state;
  const offline = claims.typ === 'Offline';
  const sessionId = claims.sid ?? '';
  const clients = await userSessions.clientsOf(realm, sessionId, offline);
  if (clients.some((other) => other.clientId !== client.id)) await userSessions.removeClient(realm, sessionId, client.id, offline);
  else await userSessions.remove(realm, sessionId, offline);
}

async function revokeAccessToken(context: ServerContext, claims: Claims): Promise<void> {
  const lifespanSeconds = (claims.exp ?? 0) - context.clock.nowSeconds();
  if (claims.jti !== undefined && lifespanSeconds > 0) await context.state.singleUseObjects.revokeToken(claims.jti, lifespanSeconds);
}
