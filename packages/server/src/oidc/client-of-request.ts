import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { Client, Realm } from '../model/index.ts';
import { authenticateClient, type ClientRefusal } from '../security/client-authentication/index.ts';
import { allowOriginOf } from './cors.ts';
import { OAuthError } from './oauth-error.ts';

const WRONG = 'Invalid client or Invalid client credentials';

/** The authenticated client of a request, with its CORS headers set; refused in the words of the token endpoint. */
export async function clientOf(
  context: ServerContext,
  realm: Realm,
  request: FastifyRequest,
  reply: FastifyReply,
  form: ReadonlyMap<string, string>,
): Promise<Client> {
  const verdict = await authenticateClient(context.state.directory, realm, { headers: request.headers, form });
  if (verdict.ok) {
    allowOriginOf(verdict.client, request, reply);
    return verdict.client;
  }
  if (verdict.client) allowOriginOf(verdict.client, request, reply);
  throw clientError(verdict);
}

/** The error for a refusal. */
export function clientError(refusal: ClientRefusal): OAuthError {
  switch (refusal.kind) {
    case 'bad-credentials':
      return new OAuthError(401, 'unauthorized_client', WRONG);
    case 'bearer-only':
      return new OAuthError(400, 'invalid_client', 'Bearer-only not allowed');
    case 'unknown':
    case 'disabled':
      return new OAuthError(401, 'invalid_client', WRONG);
  }
}
