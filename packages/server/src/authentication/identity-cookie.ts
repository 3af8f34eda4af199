import { randomBytes, randomUUID } from 'node:crypto';
import type { State } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import type { Realm, User, UserSession } from '../model/index.ts';
import type { Tokens } from '../token/contracts.ts';
import { type BrowserCookies, COOKIE } from './browser-cookies.ts';
import { sessionHash } from './session-hash.ts';

export interface IdentityParts {
  readonly state: Pick<State, 'directory' | 'userSessions'>;
  readonly tokens: Pick<Tokens, 'signInternal' | 'verifyInternal'>;
  readonly clock: Clock;
}

/** Who the browser is logged in as. */
export interface BrowserIdentity {
  readonly session: UserSession;
  readonly user: User;
}

const IDENTITY_TYPE = 'Serialized-ID';
const REMEMBERED_NAME_SECONDS = 31_536_000;
/** Session note: a random value that ties forms of the account pages to this login. */
const STATE_CHECKER = 'state_checker';

/** Notes that every new user session gets for its cookies. */
export function identityNotes(): Readonly<Record<string, string>> {
  return { [STATE_CHECKER]: randomBytes(32).toString('base64url') };
}

/**
 * The session of KEYCLOAK_IDENTITY: its signature, issuer, times and not-before hold, the session lives, and the user is enabled.
 * @param issuer of the realm as this browser sees it
 */
export async function readIdentity(
  parts: IdentityParts,
  cookies: BrowserCookies,
  realm: Realm,
  issuer: string,
): Promise<BrowserIdentity | undefined> {
  const token = cookies.read(COOKIE.identity);
  if (token === undefined || token === '') return undefined;
  const verdict = await parts.tokens.verifyInternal(realm, token, IDENTITY_TYPE);
  if (!verdict.ok || verdict.claims.iss !== issuer) return undefined;
  const { sid, sub, iat = 0 } = verdict.claims;
  if (typeof sid !== 'string' || typeof sub !== 'string' || iat < realm.notBefore) return undefined;
  const [session, user] = await Promise.all([parts.state.userSessions.get(realm, sid, false), parts.state.directory.userById(realm, sub)]);
  if (session === undefined || session.userId !== sub || session.state !== 'LOGGED_IN') return undefined;
  if (session.rememberMe && !realm.rememberMe) return undefined;
  if (user === undefined || !user.enabled || iat < user.notBefore) return undefined;
  return { session, user };
}

/** Sets KEYCLOAK_IDENTITY, KEYCLOAK_SESSION and, with remember-me, the name for the next login form. */
export async function setIdentityCookies(
  parts: IdentityParts,
  cookies: BrowserCookies,
  realm: Realm,
  issuer: string,
  session: UserSession,
): Promise<void> {
  const remember = session.rememberMe && realm.rememberMe;
  const maxSeconds = remember ? Math.max(realm.ssoSessionMaxLifespan, realm.ssoSessionMaxLifespanRememberMe) : realm.ssoSessionMaxLifespan;
  const iat = parts.clock.nowSeconds();
  const token = await parts.tokens.signInternal(realm, {
    exp: iat + maxSeconds,
    iat,
    jti: randomUUID(),
    iss: issuer,
    sub: session.userId,
    typ: IDENTITY_TYPE,
    sid: session.id,
    state_checker: session.notes[STATE_CHECKER] ?? '',
  });
  cookies.set(COOKIE.identity, token, { httpOnly: true, maxAgeSeconds: remember ? maxSeconds : undefined });
  cookies.set(COOKIE.session, sessionHash(session.id, 'base64url'), { httpOnly: false, maxAgeSeconds: maxSeconds });
  if (remember) {
    cookies.set(COOKIE.rememberMe, `username:${encodeURIComponent(session.loginUsername)}`, {
      httpOnly: true,
      maxAgeSeconds: REMEMBERED_NAME_SECONDS,
    });
  } else if (cookies.read(COOKIE.rememberMe) !== undefined) cookies.expire(COOKIE.rememberMe);
}

/** The user name that remember-me kept for the login form. */
export function rememberedUsername(cookies: BrowserCookies, realm: Realm): string | undefined {
  const value = realm.rememberMe ? cookies.read(COOKIE.rememberMe) : undefined;
  return value?.startsWith('username:') ? value.slice('username:'.length) : undefined;
}

/** A logout ends remember-me too: the next login form starts empty. */
export function forgetUsername(cookies: BrowserCookies): void {
  if (cookies.read(COOKIE.rememberMe)) cookies.expire(COOKIE.rememberMe);
}

/** Takes the cookies of a session that is over back from a browser that still has them. */
export function expireDeadIdentity(cookies: BrowserCookies): void {
  if (cookies.read(COOKIE.identity)) expireIdentityCookies(cookies);
}

export function expireIdentityCookies(cookies: BrowserCookies): void {
  cookies.expire(COOKIE.identity);
  cookies.expire(COOKIE.session);
}
