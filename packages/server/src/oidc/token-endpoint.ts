import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm } from '../model/index.ts';
import { clientOf } from './client-of-request.ts';
import { acceptFormsOnly, formOf } from './form.ts';
import { authorizationCodeGrant } from './grants/authorization-code.ts';
import { clientCredentialsGrant } from './grants/client-credentials.ts';
import type { Grant, GrantRequest } from './grants/grant.ts';
import { passwordGrant } from './grants/password.ts';
import { refreshTokenGrant } from './grants/refresh-token.ts';
import { OAuthError } from './oauth-error.ts';
import { enabledRealmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';

const grants: ReadonlyMap<string, Grant> = new Map(
  [authorizationCodeGrant, clientCredentialsGrant, passwordGrant, refreshTokenGrant].map((grant) => [grant.type, grant]),
);

/** Names of the grant types, for the discovery document. */
export const supportedGrantTypes: readonly string[] = [...grants.keys()];

/** POST /realms/{realm}/protocol/openid-connect/token (RFC 6749 section 3.2). */
export function registerTokenEndpoint(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    acceptFormsOnly(scope);
    declareEndpoint(scope, {
      url: '/realms/:realm/protocol/openid-connect/token',
      corsMethods: 'POST, OPTIONS',
      handlers: { POST: (request, reply) => answerTokenRequest(context, request, reply) },
    });
  });
}

async function answerTokenRequest(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
  const realm = await enabledRealmOf(context, request);
  const form = formOf(request);
  const grantType = form.get('grant_type');
  if (!grantType) throw new OAuthError(400, 'invalid_request', 'Missing form parameter: grant_type');
  const grant = grants.get(grantType);
  if (!grant) throw new OAuthError(400, 'unsupported_grant_type', 'Unsupported grant_type');
  const trace: GrantRequest['trace'] = { details: { grant_type: grantType } };
  const { remoteAddress, issuer } = requestContext(request);
  let client: Client | undefined;
  try {
    client = await clientOf(context, realm, request, reply, form);
    const answer = await grant.handle({ context, realm, client, form, issuer: issuer(realm.realm), remoteAddress, request, trace });
    emit(context, realm, grant.event, client.clientId, remoteAddress, trace);
    return answer;
  } catch (error) {
    if (error instanceof OAuthError) {
      const type = client ? grant.event : 'CLIENT_LOGIN';
      emit(context, realm, `${type}_ERROR`, client?.clientId ?? form.get('client_id'), remoteAddress, trace, error.eventError);
    }
    throw error;
  }
}

function emit(
  context: ServerContext,
  realm: Realm,
  type: string,
  clientId: string | undefined,
  ipAddress: string,
  trace: GrantRequest['trace'],
  error?: string,
): void {
  const { userId, sessionId, details } = trace;
  context.events.emit({ type, realmId: realm.id, realmName: realm.realm, clientId, userId, sessionId, ipAddress, error, details });
}
