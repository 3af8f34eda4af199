import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm } from '../model/index.ts';
import { checkAuthorizationRequest, type RequestVerdict } from './authorization-request.ts';
import { credentialsOf } from './client-of-request.ts';
import { allowOriginOf } from './cors.ts';
import { acceptFormsOnly, formOf } from './form.ts';
import { invalidRequest, OAuthError } from './oauth-error.ts';
import { useProofOf } from './proof-of-request.ts';
import { pushedRequestSeconds, pushRequest } from './pushed-request.ts';
import { enabledRealmOf } from './realm-of-request.ts';
import { resolveRequest } from './request-object/resolve-request.ts';
import { declareEndpoint } from './route.ts';

/** Parameters that prove the client and are no part of what it asks for. */
const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type'];

/** POST /realms/{realm}/protocol/openid-connect/ext/par/request (RFC 9126). */
export function registerPushedAuthorization(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    acceptFormsOnly(scope);
    declareEndpoint(scope, {
      url: '/realms/:realm/protocol/openid-connect/ext/par/request',
      corsMethods: 'POST, OPTIONS',
      handlers: { POST: (request, reply) => answerPush(context, request, reply) },
    });
  });
}

async function answerPush(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
  const realm = await enabledRealmOf(context, request);
  const form = formOf(request);
  const { issuer, baseUrl, remoteAddress } = requestContext(request);
  const verdict = await context.clientAuthentication.authenticate(realm, credentialsOf(context, realm, request, form));
  const event = { realmId: realm.id, realmName: realm.realm, ipAddress: remoteAddress };
  if (verdict.client) allowOriginOf(verdict.client, request, reply);
  try {
    if (!verdict.ok) throw new OAuthError(401, 'invalid_request', 'Authentication failed.', 'invalid_client_credentials');
    const { client } = verdict;
    const key = await provenKey(context, realm, client, request, form.get('dpop_jkt'));
    const parameters = { ...(await checkedParameters(context, realm, client, form, { issuer: issuer(realm.realm), baseUrl })), ...key };
    const requestUri = await pushRequest(context.state, realm, client, parameters);
    context.events.emit({ ...event, type: 'PUSHED_AUTHORIZATION_REQUEST', clientId: client.clientId });
    return reply.code(201).send({ request_uri: requestUri, expires_in: pushedRequestSeconds(realm) });
  } catch (error) {
    if (error instanceof OAuthError) {
      const clientId = verdict.client?.clientId ?? form.get('client_id');
      const details = { issuer: issuer(realm.realm), reason: error.description ?? error.error };
      context.events.emit({ ...event, type: 'PUSHED_AUTHORIZATION_REQUEST_ERROR', clientId, error: error.eventError, details });
    }
    throw error;
  }
}

/** The key that a pushed request proves counts as its `dpop_jkt` (RFC 9449 section 10.1). */
async function provenKey(
  context: ServerContext,
  realm: Realm,
  client: Client,
  request: FastifyRequest,
  named: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  const proof = await useProofOf(context, realm, client, request);
  if (proof === undefined) return {};
  if (!proof.ok) throw new OAuthError(400, 'invalid_dpop_proof', proof.reason);
  if (named !== undefined && named !== proof.thumbprint) {
    throw new OAuthError(400, 'invalid_dpop_proof', 'DPoP Proof public key thumbprint does not match dpop_jkt.');
  }
  return { dpop_jkt: proof.thumbprint };
}

/** What the client asks for, checked as the authorization endpoint checks it: a mistake shows before a browser is sent anywhere. */
async function checkedParameters(
  context: ServerContext,
  realm: Realm,
  client: Client,
  form: ReadonlyMap<string, string>,
  where: { readonly issuer: string; readonly baseUrl: string },
): Promise<Readonly<Record<string, string>>> {
  if (form.has('request_uri')) throw invalidRequest('It is not allowed to include request_uri to PAR.');
  const sent = Object.fromEntries([...form].filter(([name]) => !CREDENTIALS.includes(name)));
  const resolved = await resolveRequest(context, realm, client, where, sent);
  if (!resolved.ok) throw new OAuthError(400, 'invalid_request_object', resolved.reason);
  const { parameters } = resolved;
  const scope = typeof parameters['scope'] === 'string' ? parameters['scope'] : undefined;
  const validScope = scope === undefined || (await context.tokens.isValidScope(realm, client, scope));
  const verdict = checkAuthorizationRequest(client, parameters, where.baseUrl, validScope);
  if (verdict.kind !== 'ok') throw errorOf(verdict);
  return { ...verdict.request.clientNotes };
}

/** The words of the authorization endpoint in the form of an endpoint that programs call. */
function errorOf(verdict: Exclude<RequestVerdict, { kind: 'ok' }>): OAuthError {
  if (verdict.kind === 'page') {
    return invalidRequest(verdict.parameter === undefined ? 'Invalid request' : `Invalid parameter: ${verdict.parameter}`);
  }
  if (verdict.error === 'unauthorized_client') return new OAuthError(401, verdict.error, verdict.description);
  return invalidRequest(
    verdict.error === 'unsupported_response_type' ? 'Unsupported response type' : (verdict.description ?? verdict.error),
  );
}
