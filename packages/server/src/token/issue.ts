import { createHash, randomUUID } from 'node:crypto';
import type { Directory } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import type { Client, ClientSession, UserSession } from '../model/index.ts';
import { accessTokenSeconds } from '../model/session-expiry.ts';
import { type ClaimsSource, claimsSource } from './claims.ts';
import type { IssueRequest, TokenResponse } from './contracts.ts';
import { encryptFor, type FindClientKey, wantsEncryption } from './encryption.ts';
import { jwsAlgorithms } from './jws-algorithms.ts';
import type { ClaimsDraft } from './protocol-mappers/mapper.ts';
import { refreshTokenExpiry } from './refresh-token.ts';
import { INTERNAL_ALGORITHM, type Signer, signatureAlgorithm } from './signing.ts';
import { accessTokenId, type TokenOrigin } from './token-id.ts';

/** Signed access tokens, id tokens and refresh tokens, as the token endpoint answers them. */
export async function issue(
  services: {
    readonly directory: Directory;
    readonly clock: Clock;
    readonly signer: Signer;
    readonly findClientKey?: FindClientKey | undefined;
  },
  request: IssueRequest,
): Promise<TokenResponse> {
  const { realm, client, session, clientSession } = request;
  const now = services.clock.nowSeconds();
  const source = await claimsSource(services.directory, {
    realm,
    client: request.permissions?.server ?? client,
    user: request.user,
    clientSession,
    sessionNotes: session?.notes ?? request.transientNotes ?? {},
    scope: request.scope,
    nonce: request.nonce,
    audience: request.audience,
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
  const idToken =
    source.plan.openid || request.idTokenAnyway === true
      ? await idTokenFor(services, request, source, accessToken, now, lifespan)
      : undefined;
  return {
    access_token: accessToken,
    expires_in: lifespan,
    refresh_expires_in: refreshExpiry,
    ...(refreshClaims ? { refresh_token: await services.signer.sign(realm, INTERNAL_ALGORITHM, refreshClaims) } : {}),
    token_type: request.confirmation?.type ?? 'Bearer',
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

function sessionKind({ session, clientSession }: IssueRequest): TokenOrigin['session'] {
  if (session === undefined) return 'transient';
  if (clientSession === undefined) return 'borrowed';
  return session.offline ? 'offline' : 'online';
}

function originFor(request: IssueRequest): TokenOrigin {
  return { session: sessionKind(request), lightweight: isLightweight(request.client) };
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
    typ: request.confirmation?.type ?? 'Bearer',
    azp: request.client.clientId,
    ...(request.session ? { sid: request.session.id } : {}),
    scope: source.plan.visible,
    ...(request.confirmation === undefined ? {} : { cnf: request.confirmation.claim }),
  };
  const filled = source.fill(claims, origin.lightweight ? 'lightweight' : 'access');
  return withPermissions(withAudience(filled, request.audience), request);
}

/** The claims for these services alone, of those that the token is for anyway. */
function withAudience(claims: ClaimsDraft, audience: readonly string[] | undefined): ClaimsDraft {
  if (audience === undefined) return claims;
  const { aud, ...others } = claims;
  const kept = [aud ?? []].flat().filter((one) => typeof one === 'string' && audience.includes(one));
  return kept.length === 0 ? others : { ...others, aud: kept.length === 1 ? kept[0] : kept };
}

/** The claims of a requesting party token: its audience is the resource server alone, unless the mappers name it anyway. */
function withPermissions(claims: ClaimsDraft, { permissions }: IssueRequest): ClaimsDraft {
  if (permissions === undefined) return claims;
  const { server, list } = permissions;
  const { aud } = claims;
  const named = server === undefined || (Array.isArray(aud) ? aud.includes(server.clientId) : aud === server.clientId);
  return { ...claims, ...(named ? {} : { aud: server.clientId }), authorization: { permissions: list } };
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
    ...(request.permissions === undefined ? {} : { authorization: { permissions: request.permissions.list } }),
    ...(request.permissions?.server === undefined ? {} : { rs: request.permissions.server.clientId }),
    scope: request.refreshScope ?? source.plan.complete,
    ...(audience === undefined ? {} : { aud_x: audience }),
    prov: 'default',
    ...(request.confirmation?.bindsRefreshToken === true ? { cnf: request.confirmation.refreshClaim ?? request.confirmation.claim } : {}),
    ...(reuseId === undefined ? {} : { reuse_id: reuseId }),
  };
}

async function idTokenFor(
  { signer, findClientKey }: { readonly signer: Signer; readonly findClientKey?: FindClientKey | undefined },
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
  const signed = await signer.sign(realm, algorithm, source.fill(claims, 'id'));
  return wantsEncryption(client, 'id') ? encryptFor(findClientKey, client, 'id', signed, true) : signed;
}
