import { createHash, randomUUID } from 'node:crypto';
import type { Directory } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import type { Client, ClientSession, UserSession } from '../model/index.ts';
import { accessTokenSeconds } from '../model/session-expiry.ts';
import { type ClaimsSource, claimsSource } from './claims.ts';
import type { IssueRequest, TokenResponse } from './contracts.ts';
import { jwsAlgorithms } from './jws-algorithms.ts';
import type { ClaimsDraft } from './protocol-mappers/mapper.ts';
import { refreshTokenExpiry } from './refresh-token.ts';
import { INTERNAL_ALGORITHM, type Signer, signatureAlgorithm } from './signing.ts';
import { accessTokenId, type TokenOrigin } from './token-id.ts';

/** Signed access tokens, id tokens and refresh tokens, as the token endpoint answers them. */
export async function issue(
  services: { readonly directory: Directory; readonly clock: Clock; readonly signer: Signer },
  request: IssueRequest,
): Promise<TokenResponse> {
  const { realm, client, session, clientSession } = request;
  const now = services.clock.nowSeconds();
  const source = await claimsSource(services.directory, {
    realm,
    client,
    user: request.user,
    clientSession,
    sessionNotes: session?.notes ?? request.transientNotes ?? {},
    scope: request.scope,
    nonce: request.nonce,
  });
  const pair = session && clientSession ? { session, clientSession } : undefined;
  const lifespan = accessTokenSeconds(realm, client, pair, now, request.grant === 'implicit' && request.code === undefined);
  const access = accessClaims(request, source, now, lifespan);
  const accessToken = await services.signer.sign(
    realm,
    signatureAlgorithm(realm, client, 'access'),
    access,
    client.attributes['access.token.header.type.rfc9068'] === 'true' ? 'at+jwt' : 'JWT',
  );
  const refresh = request.refreshToken && pair && client.attributes['use.refresh.tokens'] !== 'false';
  const refreshClaims = refresh ? refreshTokenClaims(request, pair, source, access['aud'], now) : undefined;
  const refreshExpiry = typeof refreshClaims?.['exp'] === 'number' ? refreshClaims['exp'] - now : 0;
  const idToken = source.plan.openid ? await idTokenFor(services.signer, request, source, accessToken, now, lifespan) : undefined;
  return {
    access_token: accessToken,
    expires_in: lifespan,
    refresh_expires_in: refreshExpiry,
    ...(refreshClaims ? { refresh_token: await services.signer.sign(realm, INTERNAL_ALGORITHM, refreshClaims) } : {}),
    token_type: 'Bearer',
    ...(idToken === undefined ? {} : { id_token: idToken }),
    'not-before-policy': Math.max(realm.notBefore, client.notBefore),
    ...(session ? { session_state: session.id } : {}),
    scope: source.plan.visible,
  };
}

/** Left half of the hash of a token or code (OpenID Connect Core section 3.1.3.6), by the hash of the id token's algorithm. */
export function halfHash(algorithm: string, text: string): string {
  const digest = createHash(jwsAlgorithms.get(algorithm)?.hash ?? 'sha256')
    .update(text)
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

export function isLightweight(client: Client): boolean {
  return client.attributes['client.use.lightweight.access.token.enabled'] === 'true';
}

function originFor(request: IssueRequest): TokenOrigin {
  const session = request.session === undefined ? 'transient' : request.session.offline ? 'offline' : 'online';
  return { session, lightweight: isLightweight(request.client) };
}

function accessClaims(request: IssueRequest, source: ClaimsSource, now: number, lifespan: number): ClaimsDraft {
  const origin = originFor(request);
  const claims: ClaimsDraft = {
    exp: now + lifespan,
    iat: now,
    jti: accessTokenId(origin, request.grant),
    iss: request.issuer,
    // A token without a session names its user in any case: there is nothing else to find the user by.
    ...(request.session ? {} : { sub: request.user.id }),
    typ: 'Bearer',
    azp: request.client.clientId,
    ...(request.session ? { sid: request.session.id } : {}),
    scope: source.plan.visible,
  };
  return source.fill(claims, origin.lightweight ? 'lightweight' : 'access');
}

function refreshTokenClaims(
  request: IssueRequest,
  pair: { readonly session: UserSession; readonly clientSession: ClientSession },
  source: ClaimsSource,
  audience: unknown,
  now: number,
): ClaimsDraft {
  const { realm, client } = request;
  const { session } = pair;
  const expiry = refreshTokenExpiry(realm, client, session, pair.clientSession);
  const reuseId = realm.revokeRefreshToken ? (request.reuseId ?? randomUUID()) : request.reuseId;
  return {
    ...(expiry === undefined ? {} : { exp: expiry }),
    iat: now,
    jti: request.refreshTokenId ?? randomUUID(),
    iss: request.issuer,
    aud: request.issuer,
    sub: request.user.id,
    typ: session.offline ? 'Offline' : 'Refresh',
    azp: client.clientId,
    sid: session.id,
    scope: request.refreshScope ?? source.plan.complete,
    ...(audience === undefined ? {} : { aud_x: audience }),
    prov: 'default',
    ...(reuseId === undefined ? {} : { reuse_id: reuseId }),
  };
}

async function idTokenFor(
  signer: Signer,
  request: IssueRequest,
  source: ClaimsSource,
  accessToken: string,
  now: number,
  lifespan: number,
): Promise<string> {
  const { realm, client, session } = request;
  const algorithm = signatureAlgorithm(realm, client, 'id');
  const claims: ClaimsDraft = {
    exp: now + lifespan,
    iat: now,
    ...(request.authTime === undefined ? {} : { auth_time: request.authTime }),
    jti: randomUUID(),
    iss: request.issuer,
    aud: client.clientId,
    sub: request.user.id,
    typ: 'ID',
    azp: client.clientId,
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    ...(session ? { sid: session.id } : {}),
    ...(request.accessTokenHash === false ? {} : { at_hash: halfHash(algorithm, accessToken) }),
    ...(request.code === undefined ? {} : { c_hash: halfHash(algorithm, request.code) }),
    ...(request.state === undefined ? {} : { s_hash: halfHash(algorithm, request.state) }),
  };
  return signer.sign(realm, algorithm, source.fill(claims, 'id'));
}
