import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../../context.ts';
import { requestContext } from '../../http/request-context.ts';
import type { Client, Realm } from '../../model/index.ts';
import type { Bearer } from '../../token/contracts.ts';
import { originOf } from '../../token/token-id.ts';
import { bearerOf, presentedToken } from '../bearer-of-request.ts';
import { clientOf } from '../client-of-request.ts';
import { allowOriginOf } from '../cors.ts';
import type { GrantRequest } from '../grants/grant.ts';
import { invalidGrant, OAuthError } from '../oauth-error.ts';

/**
 * Who sends the request: with an access token in the Authorization header the client that it was issued to, which proves nothing more;
 * otherwise the client that proves itself as for every grant.
 */
export async function askingClientOf(
  context: ServerContext,
  realm: Realm,
  request: FastifyRequest,
  reply: FastifyReply,
  form: ReadonlyMap<string, string>,
): Promise<Client> {
  const bearer = await presented(context, realm, request);
  if (bearer === undefined) return clientOf(context, realm, request, reply, form);
  allowOriginOf(bearer.client, request, reply);
  return bearer.client;
}

/** For whom permissions are wanted: who is in the access token of the header or of `subject_token`, else the client itself. */
export async function requestingParty(grant: GrantRequest, byIdToken: boolean): Promise<Bearer> {
  const { context, realm, form, issuer, request } = grant;
  const inHeader = await presented(context, realm, request);
  if (inHeader !== undefined) return complete(grant, inHeader);
  const subject = form.get('subject_token');
  if (subject === undefined) return ownAccount(grant);
  if (byIdToken) return complete(grant, await byIdTokenOf(grant, subject));
  const verdict = await context.tokens.bearer(realm, issuer, subject);
  // A token that is bound to a key is nobody's without the key.
  if (!verdict.ok || verdict.bearer.claims['cnf'] !== undefined) {
    throw new OAuthError(400, 'unauthorized_client', 'Invalid identity', 'invalid_token');
  }
  return complete(grant, verdict.bearer);
}

async function presented(context: ServerContext, realm: Realm, request: FastifyRequest): Promise<Bearer | undefined> {
  const shown = presentedToken(context, request);
  if (shown === undefined) return undefined;
  const verdict = await bearerOf(context, realm, requestContext(request).issuer(realm.realm), request, shown);
  if (!verdict.ok) throw invalidGrant('Invalid bearer token', 'invalid_token');
  return verdict.bearer;
}

/** A lightweight token tells too little to judge by: what introspection would tell is taken. */
async function complete({ context, realm }: GrantRequest, bearer: Bearer): Promise<Bearer> {
  if (!originOf(bearer.claims.jti).lightweight) return bearer;
  const { claims, client, user, session, clientSession } = bearer;
  const about = { realm, client, user, session, clientSession, scope: claims.scope ?? '' };
  return { ...bearer, claims: await context.tokens.claims('introspection', about, claims) };
}

async function byIdTokenOf({ context, realm, issuer }: GrantRequest, token: string): Promise<Bearer> {
  const verdict = await context.tokens.verify(realm, issuer, token, 'ID');
  if (!verdict.ok) throw new OAuthError(400, 'unauthorized_client', 'Invalid signature', 'invalid_signature');
  const { claims } = verdict;
  const { directory, userSessions } = context.state;
  const client = claims.azp === undefined ? undefined : await directory.clientByClientId(realm, claims.azp);
  for (const offline of [false, true]) {
    const pair = client && claims.sid !== undefined ? await userSessions.pair(realm, claims.sid, client, offline) : undefined;
    const user = pair?.client && (await directory.userById(realm, pair.session.userId));
    if (!client?.enabled || !pair || !user?.enabled || user.id !== claims.sub) continue;
    const about = { realm, client, user, session: pair.session, clientSession: pair.client, scope: pair.client?.notes['scope'] ?? '' };
    return { ...about, claims: await context.tokens.claims('introspection', about, claims) };
  }
  throw new OAuthError(400, 'unauthorized_client', 'Invalid identity', 'invalid_token');
}

/** The account of the client, with the claims that its own token would have. */
async function ownAccount({ context, realm, client, issuer }: GrantRequest): Promise<Bearer> {
  if (client.publicClient) {
    throw new OAuthError(401, 'unauthorized_client', 'Public client not allowed to retrieve service account', 'invalid_client');
  }
  const user = client.serviceAccountsEnabled ? await context.state.directory.serviceAccount(realm, client) : undefined;
  if (!user?.enabled) {
    throw new OAuthError(401, 'unauthorized_client', 'Client not enabled to retrieve service account', 'invalid_client');
  }
  const subject = { client, user, session: undefined, clientSession: undefined };
  const base = { iss: issuer, sub: user.id, azp: client.clientId };
  return { ...subject, claims: await context.tokens.claims('introspection', { realm, ...subject, scope: '' }, base) };
}
