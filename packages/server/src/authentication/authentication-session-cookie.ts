import type { AuthenticationSessions } from '../cache/contracts.ts';
import type { Realm, RootAuthenticationSession } from '../model/index.ts';
import type { Tokens } from '../token/contracts.ts';
import { type BrowserCookies, COOKIE } from './browser-cookies.ts';
import { sessionHash } from './session-hash.ts';

export interface SessionCookieParts {
  readonly state: { readonly authenticationSessions: AuthenticationSessions };
  readonly tokens: Pick<Tokens, 'signSessionId' | 'verifySessionId'>;
}

const HASH_MAX_AGE_SECONDS = 60;
const MAX_COOKIE_LENGTH = 512;

/**
 * The id in AUTH_SESSION_ID (`<base64url(id.signature)>.<route>`), undefined where the cookie is absent or its signature is not ours.
 * The route is for balancers only and is never believed.
 */
export async function readSessionId(parts: SessionCookieParts, cookies: BrowserCookies, realm: Realm): Promise<string | undefined> {
  const value = cookies.read(COOKIE.authenticationSession);
  if (value === undefined || value.length > MAX_COOKIE_LENGTH) return undefined;
  const dot = value.indexOf('.');
  return parts.tokens.verifySessionId(realm, Buffer.from(dot < 0 ? value : value.slice(0, dot), 'base64url').toString('latin1'));
}

/** The living root authentication session of the browser. */
export async function readRoot(
  parts: SessionCookieParts,
  cookies: BrowserCookies,
  realm: Realm,
): Promise<RootAuthenticationSession | undefined> {
  const id = await readSessionId(parts, cookies, realm);
  return id === undefined ? undefined : parts.state.authenticationSessions.get(realm, id);
}

/** Whether the browser's cookie, known to be for this session, names the owner that the session has now. */
export function isSessionCookieCurrent(parts: SessionCookieParts, cookies: BrowserCookies, id: string): boolean {
  const [, route] = cookies.read(COOKIE.authenticationSession)?.split('.') ?? [];
  return route === parts.state.authenticationSessions.route(id);
}

/** Sets AUTH_SESSION_ID with the route of the owner, and the hash that pages compare to notice another session. */
export async function setSessionCookies(parts: SessionCookieParts, cookies: BrowserCookies, realm: Realm, id: string): Promise<void> {
  await setSessionIdCookie(parts, cookies, realm, id);
  cookies.set(COOKIE.authenticationSessionHash, sessionHash(id, 'base64'), { httpOnly: false, maxAgeSeconds: HASH_MAX_AGE_SECONDS });
}

/** Sets AUTH_SESSION_ID alone, as the logout pages do. */
export async function setSessionIdCookie(parts: SessionCookieParts, cookies: BrowserCookies, realm: Realm, id: string): Promise<void> {
  const signed = Buffer.from(await parts.tokens.signSessionId(realm, id), 'latin1').toString('base64url');
  const route = parts.state.authenticationSessions.route(id);
  cookies.set(COOKIE.authenticationSession, route === undefined ? signed : `${signed}.${route}`, { httpOnly: true });
}
