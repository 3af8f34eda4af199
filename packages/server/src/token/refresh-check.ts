import type { State } from '../cache/contracts.ts';
import type { Client, Realm } from '../model/index.ts';
import type { RefreshGrant, TokenRefusal } from './contracts.ts';
import { isBeforeNotBefore, NOT_ACTIVE, type VerifyServices, verifyToken } from './verify.ts';

/** Everything about a refresh token that can be checked without a change; reasons are the `error_description` of `invalid_grant`. */
export async function checkRefreshToken(
  services: VerifyServices & { readonly state: Pick<State, 'directory' | 'userSessions'> },
  realm: Realm,
  issuer: string,
  client: Client,
  token: string,
): Promise<RefreshGrant | TokenRefusal> {
  const verdict = await verifyToken(services, realm, token, { issuer, types: ['Refresh', 'Offline'], signedBy: 'internal' });
  if (!verdict.ok) return { ok: false, reason: verdict.reason === NOT_ACTIVE ? NOT_ACTIVE : 'Invalid refresh token' };
  const { claims } = verdict;
  const refusal = (reason: string): TokenRefusal => ({ ok: false, reason, claims });
  if (claims.azp !== client.clientId) return refusal("Invalid refresh token. Token client and authorized client don't match");
  const offline = claims.typ === 'Offline';
  const pair = await services.state.userSessions.pair(realm, claims.sid ?? '', client, offline);
  if (pair?.session.state !== 'LOGGED_IN') return refusal(offline ? 'Offline user session not found' : 'Session not active');
  const user = await services.state.directory.userById(realm, pair.session.userId);
  if (!user || user.id !== claims.sub) return refusal('Invalid refresh token');
  if (!user.enabled) return refusal('User disabled');
  const issuedAt = claims.iat ?? 0;
  if (issuedAt < pair.session.started) return refusal('Refresh toked issued before the user session started');
  if (!pair.client) return refusal("Session doesn't have required client");
  if (issuedAt < pair.client.started) return refusal('Refresh toked issued before the client session started');
  if (isBeforeNotBefore(claims, realm, client, user)) return refusal('Stale token');
  return { ok: true, claims, user, session: pair.session, clientSession: pair.client };
}
