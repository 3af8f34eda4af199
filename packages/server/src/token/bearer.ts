import type { SessionPair, State } from '../cache/contracts.ts';
import type { Client, Realm } from '../model/index.ts';
import type { Bearer, Claims, TokenRefusal } from './contracts.ts';
import { originOf } from './token-id.ts';
import { isBeforeNotBefore, type VerifyServices, verifyToken } from './verify.ts';

/** Access tokens say one of these in `typ`. */
export const BEARER_TYPES = ['Bearer', 'DPoP'];

const FAILED: TokenRefusal = { ok: false, reason: 'Token verification failed' };
const NO_SESSION: TokenRefusal = { ok: false, reason: 'user_session_not_found' };

export type BearerVerdict = { readonly ok: true; readonly bearer: Bearer } | TokenRefusal;

/** The full check of an access token: it is ours, in time, not revoked, and its client, session and user are still there. */
export async function checkBearer(
  services: VerifyServices & { readonly state: Pick<State, 'directory' | 'userSessions' | 'singleUseObjects'> },
  realm: Realm,
  issuer: string,
  token: string,
): Promise<BearerVerdict> {
  const verdict = await verifyToken(services, realm, token, { issuer, types: BEARER_TYPES, signedBy: 'public' });
  if (!verdict.ok) return FAILED;
  const { claims } = verdict;
  if (claims.azp === undefined || claims.jti === undefined) return FAILED;
  const { directory, singleUseObjects } = services.state;
  const client = await directory.clientByClientId(realm, claims.azp);
  if (!client) return { ok: false, reason: 'Client not found' };
  if (!client.enabled) return { ok: false, reason: 'Client disabled' };
  if (isBeforeNotBefore(claims, realm, client, undefined)) return FAILED;
  const [revoked, pair] = await Promise.all([
    singleUseObjects.isTokenRevoked(claims.jti),
    claims.sid === undefined ? undefined : sessionOf(services.state, realm, client, claims),
  ]);
  if (revoked) return FAILED;
  if (claims.sid !== undefined && !pair) return NO_SESSION;
  const userId = pair?.session.userId ?? claims.sub;
  const user = userId === undefined ? undefined : await directory.userById(realm, userId);
  if (!user || (claims.sub !== undefined && claims.sub !== user.id)) return { ok: false, reason: 'User not found' };
  if (!user.enabled) return { ok: false, reason: 'User disabled' };
  if (isBeforeNotBefore(claims, realm, client, user)) return FAILED;
  return { ok: true, bearer: { claims, client, user, session: pair?.session, clientSession: pair?.client } };
}

/** The sessions that the token stands in, if the token is not older than its client's part of them. */
async function sessionOf(
  state: Pick<State, 'userSessions'>,
  realm: Realm,
  client: Client,
  claims: Claims,
): Promise<SessionPair | undefined> {
  const offlineFirst = originOf(claims.jti).session === 'offline';
  for (const offline of [offlineFirst, !offlineFirst]) {
    const pair = await state.userSessions.pair(realm, claims.sid ?? '', client, offline);
    if (pair?.client && pair.session.state === 'LOGGED_IN' && (claims.iat ?? 0) >= pair.client.started) return pair;
  }
  return undefined;
}
