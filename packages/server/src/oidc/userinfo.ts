import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Realm } from '../model/index.ts';
import { wantsEncryption } from '../token/encryption.ts';
import { scopeWords } from '../token/scope.ts';
import { chosenAlgorithm } from '../token/signing.ts';
import { originOf } from '../token/token-id.ts';
import { bearerOf, type PresentedToken, presentedToken } from './bearer-of-request.ts';
import { allowOriginOf, exposeChallenge } from './cors.ts';
import { acceptFormsOnly } from './form.ts';
import { bearerChallenge, proofChallenge } from './oauth-error.ts';
import { realmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';

/** GET and POST /realms/{realm}/protocol/openid-connect/userinfo (OpenID Connect Core section 5.3, RFC 6750). */
export function registerUserinfo(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    acceptFormsOnly(scope);
    const handler = (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      answerUserinfo(context, request, reply).catch((error: unknown) => {
        if (error instanceof ReplyError && error.headers['www-authenticate'] !== undefined) exposeChallenge(request, reply);
        throw error;
      });
    declareEndpoint(scope, {
      url: '/realms/:realm/protocol/openid-connect/userinfo',
      corsMethods: 'GET, HEAD, POST, OPTIONS',
      handlers: { GET: handler, POST: handler },
    });
  });
}

async function answerUserinfo(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  reply.headers({ 'cache-control': 'no-store, no-cache', pragma: 'no-cache' });
  const realm = await realmOf(context, request);
  if (!realm.enabled) throw bearerChallenge(401, realm.realm, 'invalid_token', 'Realm not enabled');
  const shown = tokenOf(context, realm, request);
  if (shown === undefined) throw bearerChallenge(401, realm.realm);
  const { issuer, remoteAddress } = requestContext(request);
  const verdict = await bearerOf(context, realm, issuer(realm.realm), request, shown);
  const event = { realmId: realm.id, realmName: realm.realm, ipAddress: remoteAddress };
  if (!verdict.ok) {
    context.events.emit({ ...event, type: 'USER_INFO_REQUEST_ERROR', error: 'invalid_token', details: { reason: verdict.reason } });
    if (shown.scheme === 'DPoP') throw proofChallenge(realm.realm, verdict.reason, verdict.freshNonce);
    throw bearerChallenge(401, realm.realm, 'invalid_token', verdict.reason);
  }
  const { claims, client, user, session, clientSession } = verdict.bearer;
  allowOriginOf(client, request, reply);
  if (originOf(claims.jti).lightweight && claims.sub === undefined) {
    throw bearerChallenge(401, realm.realm, 'invalid_token', 'Lightweight access token not allowed for userinfo endpoint');
  }
  const scope = claims.scope ?? '';
  if (!scopeWords(scope).includes('openid')) throw bearerChallenge(403, realm.realm, 'insufficient_scope', 'Missing openid scope');
  const answer = await context.tokens.claims('userinfo', { realm, client, user, session, clientSession, scope }, { sub: user.id });
  context.events.emit({ ...event, type: 'USER_INFO_REQUEST', clientId: client.clientId, userId: user.id, sessionId: session?.id });
  const algorithm = chosenAlgorithm(client, 'userinfo');
  const isEncrypted = wantsEncryption(client, 'userinfo');
  if (algorithm === undefined && !isEncrypted) return answer;
  reply.header('content-type', 'application/jwt');
  const signed = algorithm && (await context.tokens.sign(realm, algorithm, { ...answer, iss: issuer(realm.realm), aud: client.clientId }));
  return isEncrypted ? context.tokens.encryptFor(client, 'userinfo', signed ?? JSON.stringify(answer), signed !== undefined) : signed;
}

/** The token from the header or, in a POST, from the form; never from the query, where logs would keep it. */
function tokenOf(context: ServerContext, realm: Realm, request: FastifyRequest): PresentedToken | undefined {
  const fromHeader = presentedToken(context, request);
  const body: unknown = request.method === 'POST' ? request.body : undefined;
  const fromForm: unknown = typeof body === 'object' && body !== null && 'access_token' in body ? body.access_token : undefined;
  if (fromForm === undefined) return fromHeader;
  if (typeof fromForm !== 'string') throw bearerChallenge(400, realm.realm, 'invalid_request', 'Duplicate parameter');
  if (fromHeader !== undefined) {
    throw bearerChallenge(400, realm.realm, 'invalid_request', 'More than one method used for including an access token');
  }
  return { scheme: 'Bearer', token: fromForm };
}
