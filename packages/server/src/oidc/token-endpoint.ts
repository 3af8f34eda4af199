import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Features } from '../config/feature-switches.ts';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm } from '../model/index.ts';
import { withCertificate } from './certificate-of-request.ts';
import { clientOf } from './client-of-request.ts';
import { acceptFormsOnly, formOf } from './form.ts';
import { authorizationCodeGrant } from './grants/authorization-code.ts';
import { clientCredentialsGrant } from './grants/client-credentials.ts';
import { deviceCodeGrant } from './grants/device-code.ts';
import { detailsOfTokens } from './grants/event-details.ts';
import type { Grant, GrantRequest } from './grants/grant.ts';
import { passwordGrant } from './grants/password.ts';
import { refreshTokenGrant } from './grants/refresh-token.ts';
import { tokenExchangeGrant } from './grants/token-exchange.ts';
import { umaTicketGrant } from './grants/uma-ticket.ts';
import { OAuthError } from './oauth-error.ts';
import { confirmationOf } from './proof-of-request.ts';
import { enabledRealmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';

const grants: ReadonlyMap<string, Grant> = new Map(
  [
    authorizationCodeGrant,
    clientCredentialsGrant,
    passwordGrant,
    refreshTokenGrant,
    deviceCodeGrant,
    umaTicketGrant,
    tokenExchangeGrant,
  ].map((grant) => [grant.type, grant]),
);

const switchedOff = ({ off }: Features, grantType: string) => off.find(({ grant }) => grant?.type === grantType)?.grant;

/** Names of the grant types, for the discovery document. */
export const supportedGrantTypes = (features: Features): readonly string[] =>
  [...grants.keys()].filter((type) => switchedOff(features, type) === undefined);

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
  const off = switchedOff(context.features, grantType);
  const grant = off === undefined ? grants.get(grantType) : undefined;
  if (!grant) throw new OAuthError(400, off?.error ?? 'unsupported_grant_type', off?.description ?? 'Unsupported grant_type');
  const trace: GrantRequest['trace'] = { details: { grant_type: grantType } };
  const { remoteAddress, issuer } = requestContext(request);
  let client: Client | undefined;
  try {
    client = await (grant.clientOf ?? clientOf)(context, realm, request, reply, form);
    if (grant.clientOf === undefined) trace.details['client_auth_method'] = client.clientAuthenticatorType;
    const proven = await confirmationOf(context, realm, client, request, reply);
    const confirmation = await withCertificate(context, client, request, proven, grant.type);
    const known = { context, realm, client, confirmation, form, issuer: issuer(realm.realm), remoteAddress };
    const answer = await grant.handle({ ...known, request, trace });
    // What a grant tells of itself wins: a refresh knows two tokens.
    if ('access_token' in answer) Object.assign(trace.details, { ...detailsOfTokens(answer), ...trace.details });
    emit(context, realm, grant.event, client.clientId, remoteAddress, trace);
    return answer;
  } catch (error) {
    if (error instanceof OAuthError) {
      emit(context, realm, `${grant.event}_ERROR`, client?.clientId ?? form.get('client_id'), remoteAddress, trace, error.eventError);
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
