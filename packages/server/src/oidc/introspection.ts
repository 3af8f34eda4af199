import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm } from '../model/index.ts';
import type { Claims, ClaimsRequest } from '../token/contracts.ts';
import { isUsedUp } from '../token/refresh-token.ts';
import { clientError, credentialsOf } from './client-of-request.ts';
import { acceptFormsOnly, formOf } from './form.ts';
import {
  type IntrospectionEvents,
  introspectionEvents,
  notInAudience,
  SESSION_GONE,
  type UnknownToken,
  USER_DISABLED,
  unknownToken,
} from './introspection-events.ts';
import { OAuthError } from './oauth-error.ts';
import { enabledRealmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';
import { rptAnswer } from './uma/introspect-rpt.ts';

/** A token that is good, with what the answer is made from. */
interface Known {
  readonly ok: true;
  readonly claims: Claims;
  readonly subject: Omit<ClaimsRequest, 'realm' | 'scope'>;
}

type Lookup = (context: ServerContext, realm: Realm, issuer: string, asking: Client, token: string) => Promise<Known | UnknownToken>;

/** `token_type_hint` of requesting party tokens (UMA 2.0). */
const RPT = 'requesting_party_token';

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
  const { issuer, remoteAddress } = requestContext(request);
  const tell = introspectionEvents(context, realm, remoteAddress);
  const asking = await askingClient(context, realm, request, form, tell);
  const token = form.get('token');
  if (!token) throw tell.invalid(asking, 'Token not provided.');
  const hint = form.get('token_type_hint') ?? 'access_token';
  const lookup = lookups.get(hint);
  if (!lookup) throw tell.invalid(asking, 'Unsupported token type.', { token_type: hint });
  const found = await lookup(context, realm, issuer(realm.realm), asking, token);
  reply.header('cache-control', 'no-cache');
  if (!found.ok) {
    tell.unknown(asking, found);
    return { active: false };
  }
  tell.known(asking, found.claims, found.subject.user.id);
  return answerFor(context, realm, found, hint);
}

async function answerFor(context: ServerContext, realm: Realm, { claims, subject }: Known, hint: string): Promise<Claims> {
  if (hint === RPT) return rptAnswer(claims);
  // What only this server reads in its own refresh tokens is nobody's business.
  const { rs: _server, at_hash: _accessHash, c_hash: _codeHash, aud_x: _audience, prov: _provider, ...base } = claims;
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
  tell: IntrospectionEvents,
): Promise<Client> {
  const verdict = await context.clientAuthentication.authenticate(realm, credentialsOf(context, realm, request, form));
  if (!verdict.ok) {
    // A bearer-only client is a service: asking about tokens is what it is there for.
    if (verdict.kind === 'bearer-only' && verdict.client) return verdict.client;
    const error = clientError(verdict);
    tell.refused(verdict.client?.clientId ?? form.get('client_id'), error.eventError);
    throw verdict.kind === 'bad-credentials' ? new OAuthError(401, 'invalid_client', 'Client authentication failed.') : error;
  }
  if (verdict.client.publicClient) throw tell.invalid(verdict.client, 'Client not allowed.', {}, 403);
  return verdict.client;
}

/** Whether the token is meant for the client that asks about it. */
function isAudience(claims: Claims, client: Client): boolean {
  const { aud } = claims;
  return typeof aud === 'string' ? aud === client.clientId : (aud?.includes(client.clientId) ?? false);
}

const accessToken: Lookup = async (context, realm, issuer, asking, token) => {
  const verdict = await context.tokens.bearer(realm, issuer, token);
  if (!verdict.ok) return (await idToken(context, realm, issuer, asking, token)) ?? unknownToken(asking, verdict);
  const { claims, ...subject } = verdict.bearer;
  if (isAudience(claims, asking)) return { ok: true, claims, subject };
  // A lightweight token does not name its audience; the mappers of introspection do.
  const scope = claims.scope ?? '';
  const full = await context.tokens.claims('introspection', { realm, ...subject, scope }, claims);
  return isAudience(full, asking) ? { ok: true, claims, subject } : notInAudience(asking, claims, subject.user.id);
};

/** Of a requesting party token its audience may know; everybody else learns nothing. */
const requestingPartyToken: Lookup = async (context, realm, issuer, asking, token) => {
  const verdict = await context.tokens.bearer(realm, issuer, token);
  if (!verdict.ok) return unknownToken(asking, verdict);
  const { claims, ...subject } = verdict.bearer;
  return isAudience(claims, asking) ? { ok: true, claims, subject } : notInAudience(asking, claims, subject.user.id);
};

const refreshToken: Lookup = async (context, realm, issuer, asking, token) => {
  const checked = await context.tokens.refreshToken(realm, issuer, asking, token);
  if (!checked.ok) return unknownToken(asking, checked);
  const { claims, user, session, clientSession } = checked;
  const reuseId = typeof claims['reuse_id'] === 'string' ? claims['reuse_id'] : undefined;
  if (isUsedUp(realm, clientSession, { id: claims.jti ?? '', reuseId, issuedAt: claims.iat ?? 0 }))
    return unknownToken(asking, { reason: 'Maximum allowed refresh token reuse exceeded', claims });
  return { ok: true, claims, subject: { client: asking, user, session, clientSession } };
};

/** Undefined where it is no id token of this realm. */
async function idToken(
  context: ServerContext,
  realm: Realm,
  issuer: string,
  asking: Client,
  token: string,
): Promise<Known | UnknownToken | undefined> {
  const verdict = await context.tokens.verify(realm, issuer, token, 'ID');
  if (!verdict.ok || verdict.claims.sid === undefined) return undefined;
  const { claims } = verdict;
  if (!isAudience(claims, asking)) return notInAudience(asking, claims, claims.sub);
  const { directory, userSessions } = context.state;
  for (const offline of [false, true]) {
    const pair = await userSessions.pair(realm, claims.sid ?? '', asking, offline);
    const user = pair?.client && (await directory.userById(realm, pair.session.userId));
    if (!pair || !user) continue;
    if (!user.enabled) return unknownToken(asking, { reason: USER_DISABLED, claims });
    return { ok: true, claims, subject: { client: asking, user, session: pair.session, clientSession: pair.client } };
  }
  return unknownToken(asking, { reason: SESSION_GONE, claims });
}

const lookups: ReadonlyMap<string, Lookup> = new Map([
  ['access_token', accessToken],
  ['refresh_token', refreshToken],
  [RPT, requestingPartyToken],
]);
