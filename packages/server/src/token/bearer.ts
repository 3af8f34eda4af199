import type { SessionPair, State } from '../cache/contracts.ts';
import type { Client, Realm } from '../model/index.ts';
import type { Bearer, Claims, TokenRefusal } from './contracts.ts';
import { originOf } from './token-id.ts';
import { isBeforeNotBefore, type VerifyServices, verifyToken } from './verify.ts';

/** Access tokens say one of these in `typ`. */
export const BEARER_TYPES = ['Bearer', 'DPoP'];

const FAILED = 'Token verification failed';

export type BearerVerdict = { readonly ok: true; readonly bearer: Bearer } | TokenRefusal;

/** The full check of an access token: it is ours, in time, not revoked, and its client, session and user are still there. */
export async function checkBearer(
  services: VerifyServices & { readonly state: Pick<State, 'directory' | 'userSessions' | 'singleUseObjects'> },
  realm: Realm,
  issuer: string,
  token: string,
): Promise<BearerVerdict> {
  const verdict = await verifyToken(services, realm, token, { issuer, types: BEARER_TYPES, signedBy: 'public' });
  if (!verdict.ok) return { ok: false, reason: FAILED };
  const { claims } = verdict;
  const refusal = (reason: string): TokenRefusal => ({ ok: false, reason, claims });
  if (claims.azp === undefined || claims.jti === undefined) return refusal(FAILED);
  const { directory, singleUseObjects } = services.state;
  const client = await directory.clientByClientId(realm, claims.azp);
  if (!client) return refusal('Client not found');
  if (!client.enabled) return refusal('Client disabled');
  if (isBeforeNotBefore(claims, realm, client, undefined)) return refusal(FAILED);
  const [revoked, pair] = await Promise.all([
    singleUseObjects.isTokenRevoked(claims.jti),
    claims.sid === undefined ? undefined : sessionOf(services.state, realm, client, claims),
  ]);
  if (revoked) return refusal(FAILED);
  if (claims.sid !== undefined && !pair) return refusal('user_session_not_found');
  const userId = pair?.session.userId ?? claims.sub;
  const user = userId === undefined ? undefined : await directory.userById(realm, userId);
  if (!user || (claims.sub !== undefined && claims.sub !== user.id)) return refusal('User not found');
  if (!user.enabled) return refusal('User disabled');
  if (isBeforeNotBefore(claims, realm, client, user)) return refusal(FAILED);
  return { ok: true, bearer: { claims, client, user, session: pair?.session, clientSession: pair?.client } };
}

/** The sessions that the token stands in, if the token is not older than its client's part of them. */
async function sessionOf(
  state: Pick<State, 'userSessions'>,
  realm: Realm,
  client: Client,
  claims: Claims,
): Promise<SessionPair | undefined> {
  const origin = originOf(claims.jti).session;
  const offlineFirst = origin === 'offline';
  for (const offline of [offlineFirst, !offlineFirst]) {
    const pair = await state.userSessions.pair(realm, claims.sid ?? '', client, offline);
    // A token of an exchange stands in the session of the token that it was made from: its client need be no part of it.
    if (pair?.session.state === 'LOGGED_IN' && pair.client === undefined && origin === 'borrowed') return pair;
    if (pair?.client && pair.session.state === 'LOGGED_IN' && (claims.iat ?? 0) >= pair.client.started) return pair;
  }
  return undefined;
}
