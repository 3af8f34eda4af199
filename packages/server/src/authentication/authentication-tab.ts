import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuthenticationTab, Client, Realm, RootAuthenticationSession } from '../model/index.ts';

/** Keys of a tab's `authNotes`. */
export const AUTH_NOTE = {
  /** Guards the next form post of the tab: CSRF, replay and double submission. */
  sessionCode: 'session_code',
  attemptedUsername: 'ATTEMPTED_USERNAME',
  /** Message key to show once on the next page. */
  flash: 'flash',
  /** Session that this login proves again (prompt=login, max_age), or that another tab of the same root opened meanwhile. */
  sessionId: 'SESSION_ID',
  /** Owner of that session. */
  sessionUser: 'SESSION_USER',
  /** Present when the user must prove a session that exists, instead of opening one. */
  reauthentication: 'REAUTHENTICATION',
  rememberMe: 'remember_me',
  /** Epoch seconds of the password check, once it succeeded. */
  authenticatedAt: 'AUTH_TIME',
  /** Required action that the client asked for, and what became of it. */
  clientAction: 'kc_action',
  clientActionStatus: 'kc_action_status',
} as const;

export const EXECUTION = { passwordForm: 'auth-username-password-form' } as const;

const executionIds = new WeakMap<Realm, string>();

/** Id of the password form in URLs: stable for the realm, shaped as a UUID. */
export function passwordFormExecution(realm: Realm): string {
  const known = executionIds.get(realm);
  if (known !== undefined) return known;
  const hex = createHash('sha256').update(`${realm.id}/${EXECUTION.passwordForm}`).digest('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  executionIds.set(realm, id);
  return id;
}

export function newSessionCode(): string {
  return randomBytes(32).toString('base64url');
}

export interface NewTab {
  readonly client: Client;
  readonly redirectUri: string;
  readonly clientNotes: Readonly<Record<string, string>>;
  readonly authNotes?: Readonly<Record<string, string>> | undefined;
  readonly nowSeconds: number;
}

/** A tab at the start of its login. */
export function newTab({ client, redirectUri, clientNotes, authNotes, nowSeconds }: NewTab): AuthenticationTab {
  return {
    tabId: randomBytes(8).toString('base64url'),
    clientId: client.id,
    redirectUri,
    action: 'AUTHENTICATE',
    protocol: client.protocol,
    executionStatus: {},
    requiredActions: [],
    clientNotes,
    authNotes: { [AUTH_NOTE.sessionCode]: newSessionCode(), ...authNotes },
    userSessionNotes: {},
    clientScopes: [],
    timestamp: nowSeconds,
  };
}

/** Constant-time comparison of a session code that came with a form. */
export function hasSessionCode(tab: AuthenticationTab, code: string | undefined): boolean {
  const expected = tab.authNotes[AUTH_NOTE.sessionCode];
  if (expected === undefined || code === undefined) return false;
  const [a, b] = [Buffer.from(expected), Buffer.from(code)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The tab with other notes; undefined removes one. */
export function withNotes(tab: AuthenticationTab, notes: Readonly<Record<string, string | undefined>>): AuthenticationTab {
  const authNotes: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...tab.authNotes, ...notes })) if (value !== undefined) authNotes[name] = value;
  return { ...tab, authNotes };
}

/** The root with `tab` in place of the one of the same id. */
export function withTab(root: RootAuthenticationSession, tab: AuthenticationTab): RootAuthenticationSession {
  return { ...root, tabs: { ...root.tabs, [tab.tabId]: tab } };
}

/**
 * Takes a finished tab out. The other tabs learn of the session, so that their own login joins it; undefined when none is left.
 * What remains expires within `accessCodeLifespan`.
 */
export function withoutTab(
  root: RootAuthenticationSession,
  tabId: string,
  session: { readonly id: string; readonly userId: string } | undefined,
  timestamp: number,
): RootAuthenticationSession | undefined {
  const rest = Object.values(root.tabs).filter((tab) => tab.tabId !== tabId);
  if (rest.length === 0) return undefined;
  const notes = session === undefined ? {} : { [AUTH_NOTE.sessionId]: session.id, [AUTH_NOTE.sessionUser]: session.userId };
  return { ...root, timestamp, tabs: Object.fromEntries(rest.map((tab) => [tab.tabId, withNotes(tab, notes)])) };
}
