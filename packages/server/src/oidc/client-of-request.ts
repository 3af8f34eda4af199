import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm } from '../model/index.ts';
import type { ClientCredentials, ClientRefusal } from '../security/client-authentication/index.ts';
import { allowOriginOf } from './cors.ts';
import { OAuthError } from './oauth-error.ts';

const BAD_CREDENTIALS = 'invalid_client_credentials';
const WRONG = 'Invalid client or Invalid client credentials';

/** What a request brings along to prove who sends it. */
export function credentialsOf(
  context: ServerContext,
  realm: Realm,
  request: FastifyRequest,
  form: ReadonlyMap<string, string>,
): ClientCredentials {
  return {
    headers: request.headers,
    form,
    issuer: requestContext(request).issuer(realm.realm),
    certificates: () => context.certificates.chainOf(request),
  };
}

/**
 * The authenticated client of a request, with its CORS headers set; refused in the words of the token endpoint.
 * @param event type of the event that a refusal is told with, `_ERROR` appended; none where the caller tells it
 */
export async function clientOf(
  context: ServerContext,
  realm: Realm,
  request: FastifyRequest,
  reply: FastifyReply,
  form: ReadonlyMap<string, string>,
  event?: string,
): Promise<Client> {
  const verdict = await context.clientAuthentication.authenticate(realm, credentialsOf(context, realm, request, form));
  if (verdict.ok) {
    allowOriginOf(verdict.client, request, reply);
    return verdict.client;
  }
  if (verdict.client) allowOriginOf(verdict.client, request, reply);
  const error = clientError(verdict);
  if (event !== undefined) {
    const clientId = verdict.client?.clientId ?? form.get('client_id');
    const at = { realmId: realm.id, realmName: realm.realm, clientId, ipAddress: requestContext(request).remoteAddress };
    context.events.emit({ ...at, type: `${event}_ERROR`, error: error.eventError });
  }
  throw error;
}

/** The error for a refusal. */
export function clientError(refusal: ClientRefusal): OAuthError {
  switch (refusal.kind) {
    case 'bad-credentials':
      if (refusal.explained !== undefined)
        return new OAuthError(refusal.explained.status ?? 400, refusal.explained.error, refusal.explained.description, BAD_CREDENTIALS);
      return new OAuthError(401, 'unauthorized_client', WRONG, BAD_CREDENTIALS);
    case 'bearer-only':
      return new OAuthError(400, 'invalid_client', 'Bearer-only not allowed');
    case 'unknown':
      return new OAuthError(401, 'invalid_client', WRONG, 'client_not_found');
    case 'disabled':
      return new OAuthError(401, 'invalid_client', WRONG, 'client_disabled');
  }
}
