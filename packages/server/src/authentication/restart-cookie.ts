import type { AuthenticationTab, Client, Realm } from '../model/index.ts';
import type { Tokens } from '../token/contracts.ts';
import { type BrowserCookies, COOKIE } from './browser-cookies.ts';

export interface RestartParts {
  readonly tokens: Pick<Tokens, 'seal' | 'unseal'>;
}

const RESTART_TYPE = 'Restart';
/** A browser drops larger cookies; a request as long as that cannot be restarted. */
const MAX_COOKIE_LENGTH = 4_000;

/** What is needed to begin the login again after its authentication session is gone. */
export interface RestartRequest {
  readonly redirectUri: string;
  readonly clientNotes: Readonly<Record<string, string>>;
}

/** Keeps the request of a tab in KC_RESTART: encrypted, so that its redirect URI stays the one that was checked and nobody reads the request. */
export async function setRestartCookie(
  parts: RestartParts,
  cookies: BrowserCookies,
  realm: Realm,
  client: Client,
  tab: AuthenticationTab,
): Promise<void> {
  const token = await parts.tokens.seal(realm, {
    typ: RESTART_TYPE,
    cid: client.clientId,
    pty: tab.protocol,
    ruri: tab.redirectUri,
    act: tab.action,
    notes: tab.clientNotes,
  });
  if (token.length <= MAX_COOKIE_LENGTH) cookies.set(COOKIE.restart, token, { httpOnly: true });
}

/** The request in KC_RESTART if it is ours and of `client`. */
export async function readRestartCookie(
  parts: RestartParts,
  cookies: BrowserCookies,
  realm: Realm,
  client: Client,
): Promise<RestartRequest | undefined> {
  const token = cookies.read(COOKIE.restart);
  if (token === undefined || token === '') return undefined;
  const verdict = await parts.tokens.unseal(realm, token, RESTART_TYPE);
  if (!verdict.ok) return undefined;
  const { cid, ruri, notes } = verdict.claims;
  if (cid !== client.clientId || typeof ruri !== 'string' || typeof notes !== 'object' || notes === null) return undefined;
  const clientNotes = Object.fromEntries(Object.entries(notes).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  return { redirectUri: ruri, clientNotes };
}

export function expireRestartCookie(cookies: BrowserCookies): void {
  cookies.expire(COOKIE.restart);
}
