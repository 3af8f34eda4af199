import type { Client } from './client.ts';
import type { Realm } from './realm.ts';
import type { ClientSession, UserSession } from './session.ts';

/**
 * When sessions end. Every function is pure; all times are epoch seconds, and `Infinity` stands for "never" (offline sessions
 * whose realm sets no maximum). A session is over from the second of its expiry on.
 *
 * Rules (Keycloak's): a user session ends at `started + maximum` or `lastSessionRefresh + idle`, whichever comes first; the
 * remember-me values apply where they are the longer ones; a client session ends with its own maximum or that of the user session,
 * whichever comes first, or at `timestamp + client idle`. A client's own attributes win over the realm's client settings, which win
 * over the realm's session settings; 0 means "not set".
 */

/** What the maths needs of a user session; the state rooms keep shorter records than the whole session. */
export type UserSessionTimes = Pick<UserSession, 'offline' | 'rememberMe' | 'started' | 'lastSessionRefresh'>;
/** What the maths needs of a client session. */
export type ClientSessionTimes = Pick<ClientSession, 'started' | 'timestamp'>;

/** Seconds from the start of a user session to its forced end; `Infinity` where there is none. */
export function userSessionMaxSeconds(realm: Realm, offline: boolean, rememberMe: boolean): number {
  if (offline) return realm.offlineSessionMaxLifespanEnabled ? realm.offlineSessionMaxLifespan : Number.POSITIVE_INFINITY;
  return rememberMe ? Math.max(realm.ssoSessionMaxLifespan, realm.ssoSessionMaxLifespanRememberMe) : realm.ssoSessionMaxLifespan;
}

/** Seconds that a user session may lie idle. */
export function userSessionIdleSeconds(realm: Realm, offline: boolean, rememberMe: boolean): number {
  if (offline) return realm.offlineSessionIdleTimeout;
  return rememberMe ? Math.max(realm.ssoSessionIdleTimeout, realm.ssoSessionIdleTimeoutRememberMe) : realm.ssoSessionIdleTimeout;
}

/** Epoch second of the forced end of a user session. */
export function userSessionMaxExpiry(realm: Realm, session: UserSessionTimes): number {
  return session.started + userSessionMaxSeconds(realm, session.offline, session.rememberMe);
}

/** Epoch second at which a user session ends if nobody touches it again. */
export function userSessionIdleExpiry(realm: Realm, session: UserSessionTimes): number {
  return session.lastSessionRefresh + userSessionIdleSeconds(realm, session.offline, session.rememberMe);
}

/** The earlier of idle and maximum. */
export function userSessionExpiry(realm: Realm, session: UserSessionTimes): number {
  return Math.min(userSessionIdleExpiry(realm, session), userSessionMaxExpiry(realm, session));
}

/** Whether the session is over, also because the realm no longer remembers anybody. */
export function isUserSessionExpired(realm: Realm, session: UserSessionTimes, nowSeconds: number): boolean {
  if (session.rememberMe && !session.offline && !realm.rememberMe) return true;
  return userSessionExpiry(realm, session) <= nowSeconds;
}

/** Epoch second of the forced end of a client session, never after that of its user session. */
export function clientSessionMaxExpiry(realm: Realm, client: Client, session: UserSessionTimes, clientSession: ClientSessionTimes): number {
  const userMaximum = userSessionMaxExpiry(realm, session);
  if (userMaximum === Number.POSITIVE_INFINITY) return userMaximum;
  const own = session.offline
    ? firstPositive(client.attributes['client.offline.session.max.lifespan'], realm.clientOfflineSessionMaxLifespan)
    : firstPositive(client.attributes['client.session.max.lifespan'], realm.clientSessionMaxLifespan);
  return own === undefined ? userMaximum : Math.min(clientSession.started + own, userMaximum);
}

/** Epoch second at which a client session ends if its client does not refresh again. */
export function clientSessionIdleExpiry(
  realm: Realm,
  client: Client,
  session: UserSessionTimes,
  clientSession: ClientSessionTimes,
): number {
  const own = session.offline
    ? firstPositive(client.attributes['client.offline.session.idle.timeout'], realm.clientOfflineSessionIdleTimeout)
    : firstPositive(client.attributes['client.session.idle.timeout'], realm.clientSessionIdleTimeout);
  return clientSession.timestamp + (own ?? userSessionIdleSeconds(realm, session.offline, session.rememberMe));
}

/** The earlier of idle and maximum. */
export function clientSessionExpiry(realm: Realm, client: Client, session: UserSessionTimes, clientSession: ClientSessionTimes): number {
  return Math.min(
    clientSessionIdleExpiry(realm, client, session, clientSession),
    clientSessionMaxExpiry(realm, client, session, clientSession),
  );
}

/** Whether the client session is over by its own clock; its user session is to be asked apart. */
export function isClientSessionExpired(
  realm: Realm,
  client: Client,
  session: UserSessionTimes,
  clientSession: ClientSessionTimes,
  nowSeconds: number,
): boolean {
  return clientSessionExpiry(realm, client, session, clientSession) <= nowSeconds;
}

/**
 * Seconds that an access token lives: the client's `access.token.lifespan`, else the realm's, and never longer than the sessions it
 * stands for. `-1` in the attribute means "as long as the session".
 */
export function accessTokenSeconds(
  realm: Realm,
  client: Client,
  pair: { readonly session: UserSessionTimes; readonly clientSession: ClientSessionTimes } | undefined,
  nowSeconds: number,
  implicit = false,
): number {
  const attribute = Number(client.attributes['access.token.lifespan'] || Number.NaN);
  const byRealm = implicit ? realm.accessTokenLifespanForImplicitFlow : realm.accessTokenLifespan;
  const untilSessionEnd = pair
    ? clientSessionMaxExpiry(realm, client, pair.session, pair.clientSession) - nowSeconds
    : Number.POSITIVE_INFINITY;
  if (attribute === -1) return Number.isFinite(untilSessionEnd) ? Math.max(0, untilSessionEnd) : byRealm;
  const wished = attribute > 0 && !implicit ? attribute : byRealm;
  return Math.max(0, Math.min(wished, untilSessionEnd));
}

function firstPositive(attribute: string | undefined, setting: number): number | undefined {
  const own = attribute === undefined || attribute === '' ? 0 : Number(attribute);
  if (own > 0) return own;
  return setting > 0 ? setting : undefined;
}
