import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm } from '../model/index.ts';
import { authenticateClient } from '../security/client-authentication/index.ts';
import type { Claims, ClaimsRequest } from '../token/contracts.ts';
import { isUsedUp } from '../token/refresh-token.ts';
import { clientError } from './client-of-request.ts';
import { acceptFormsOnly, formOf } from './form.ts';
import { invalidRequest, OAuthError } from './oauth-error.ts';
import { enabledRealmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';

/** A token that is good, with what the answer is made from. */
interface Known {
  readonly claims: Claims;
  readonly subject: Omit<ClaimsRequest, 'realm' | 'scope'>;
}

type Lookup = (context: ServerContext, realm: Realm, issuer: string, asking: Client, token: string) => Promise<Known | undefined>;

/** POST /realms/{realm}/protocol/openid-connect/token/introspect (RFC 7662). */
export function registerIntrospection(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    acceptFormsOnly(scope);
    declareEndpoint(scope, {
      url: '/realms/:realm/protocol/openid-connect/token/introspect',
      corsMethods: 'POST, OPTIONS',
      handlers: { POST: (request, reply) => answerIntrospection(context, request, reply) },
    });
  });
}

async function answerIntrospection(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const realm = await enabledRealmOf(context, request);
  const form = formOf(request);
  const asking = await askingClient(context, realm, request, form);
  const token = form.get('token');
  if (!token) throw invalidRequest('Token not provided.');
  const lookup = lookups.get(form.get('token_type_hint') ?? 'access_token');
  if (!lookup) throw invalidRequest('Unsupported token type.');
  const { issuer, remoteAddress } = requestContext(request);
  const known = await lookup(context, realm, issuer(realm.realm), asking, token);
  const event = { realmId: realm.id, realmName: realm.realm, clientId: asking.clientId, ipAddress: remoteAddress };
  reply.header('cache-control', 'no-cache');
  if (!known) {
    context.events.emit({ ...event, type: 'INTROSPECT_TOKEN_ERROR', error: 'token_introspection_failed' });
    return { active: false };
  }
  context.events.emit({ ...event, type: 'INTROSPECT_TOKEN', userId: known.subject.user.id, sessionId: known.claims.sid });
  return answerFor(context, realm, known);
}

async function answerFor(context: ServerContext, realm: Realm, { claims, subject }: Known): Promise<Claims> {
  // What only this server reads in its own refresh tokens is nobody's business.
  const { at_hash: _accessHash, c_hash: _codeHash, aud_x: _audience, prov: _provider, ...base } = claims;
  const scope = claims.scope ?? (claims.typ === 'ID' ? 'openid' : '');
  const full = await context.tokens.claims('introspection', { realm, ...subject, scope }, base);
  return { ...full, client_id: subject.client.clientId, username: subject.user.username, token_type: claims.typ, active: true };
}

/** Only clients with a secret may ask; this endpoint has its own words for a wrong one. */
async function askingClient(
  context: ServerContext,
  realm: Realm,
  request: FastifyRequest,
  form: ReadonlyMap<string, string>,
): Promise<Client> {
  const verdict = await authenticateClient(context.state.directory, realm, { headers: request.headers, form });
  if (!verdict.ok) {
    if (verdict.kind === 'bad-credentials') throw new OAuthError(401, 'invalid_client', 'Client authentication failed.');
    // A bearer-only client is a service: asking about tokens is what it is there for.
    if (verdict.kind === 'bearer-only' && verdict.client) return verdict.client;
    throw clientError(verdict);
  }
  if (verdict.client.publicClient) throw new OAuthError(403, 'invalid_request', 'Client not allowed.');
  return verdict.client;
}

/** Whether the token is meant for the client that asks about it. */
function isAudience(claims: Claims, client: Client): boolean {
  const { aud } = claims;
  return typeof aud === 'string' ? aud === client.clientId : (aud?.includes(client.clientId) ?? false);
}

const accessToken: Lookup = async (context, realm, issuer, asking, token) => {
  const verdict = await context.tokens.bearer(realm, issuer, token);
  if (!verdict.ok) return idToken(context, realm, issuer, asking, token);
  const { claims, ...subject } = verdict.bearer;
  if (isAudience(claims, asking)) return { claims, subject };
  // A lightweight token does not name its audience; the mappers of introspection do.
  const scope = claims.scope ?? '';
  const full = await context.tokens.claims('introspection', { realm, ...subject, scope }, claims);
  return isAudience(full, asking) ? { claims, subject } : undefined;
};

const refreshToken: Lookup = async (context, realm, issuer, asking, token) => {
  const checked = await context.tokens.refreshToken(realm, issuer, asking, token);
  if (!checked.ok) return undefined;
  const { claims, user, session, clientSession } = checked;
  const reuseId = typeof claims['reuse_id'] === 'string' ? claims['reuse_id'] : undefined;
  if (isUsedUp(realm, clientSession, { id: claims.jti ?? '', reuseId, issuedAt: claims.iat ?? 0 })) return undefined;
  return { claims, subject: { client: asking, user, session, clientSession } };
};

const idToken: Lookup = async (context, realm, issuer, asking, token) => {
  const verdict = await context.tokens.verify(realm, issuer, token, 'ID');
  if (!verdict.ok || !isAudience(verdict.claims, asking) || verdict.claims.sid === undefined) return undefined;
  const { claims } = verdict;
  const { directory, userSessions } = context.state;
  for (const offline of [false, true]) {
    const pair = await userSessions.pair(realm, claims.sid ?? '', asking, offline);
    const user = pair?.client && (await directory.userById(realm, pair.session.userId));
    if (pair && user?.enabled) return { claims, subject: { client: asking, user, session: pair.session, clientSession: pair.client } };
  }
  return undefined;
};

const lookups: ReadonlyMap<string, Lookup> = new Map([
  ['access_token', accessToken],
  ['refresh_token', refreshToken],
]);
