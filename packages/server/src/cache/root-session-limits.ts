import { randomBytes } from 'node:crypto';
import { ServerError } from '../http/errors.ts';
import type { AuthenticationTab, Realm, RootAuthenticationSession } from '../model/index.ts';
import { assertNotesFit } from './notes-limit.ts';

/** Keycloak's default of `auth-sessions-limit`. */
export const defaultMaxTabs = 300;
/** All tabs of one root, as an estimate of encoded bytes; the grid takes values of 512 KB. */
const maxRootBytes = 400_000;

/** Seconds that a login may take: the largest of the three code lifespans. */
export function authenticationSessionSeconds(realm: Realm): number {
  return Math.max(realm.accessCodeLifespan, realm.accessCodeLifespanUserAction, realm.accessCodeLifespanLogin);
}

/** Epoch milliseconds at which a login in progress is over. */
export function rootExpiresAtMs(realm: Realm, root: RootAuthenticationSession): number {
  return (root.timestamp + authenticationSessionSeconds(realm)) * 1000;
}

/** Bytes of randomness in the id of a root session; 24 characters of base64url. */
const idBytes = 18;

export function newRootId(): string {
  return randomBytes(idBytes).toString('base64url');
}

/** Whether a text can be the id of a root session; others never reach grid or database. */
export function isRootId(id: string): boolean {
  return /^[A-Za-z0-9_-]{24}$/.test(id);
}

/** A login that begins now. @param firstTab undefined = without a tab */
export function newRoot(
  id: string,
  realm: Realm,
  timestamp: number,
  firstTab: AuthenticationTab | undefined,
  maxTabs: number | undefined,
): RootAuthenticationSession {
  const tabs = firstTab === undefined ? {} : { [firstTab.tabId]: firstTab };
  return boundedRoot({ id, realmId: realm.id, timestamp, tabs }, maxTabs);
}

/**
 * The root with its tabs counted and measured: the oldest go first, and a tab that is too large by itself is refused.
 * @throws ServerError KG_LIMIT_EXCEEDED.
 */
export function boundedRoot(root: RootAuthenticationSession, maxTabs: number | undefined): RootAuthenticationSession {
  const most = maxTabs !== undefined && maxTabs > 0 ? maxTabs : defaultMaxTabs;
  // Tabs of one second stand in the order in which they were opened: the last of them is the one that somebody looks at.
  const youngestFirst = Object.values(root.tabs)
    .toReversed()
    .toSorted((a, b) => b.timestamp - a.timestamp);
  let bytes = 0;
  let count = 0;
  const kept: [string, AuthenticationTab][] = [];
  for (const tab of youngestFirst) {
    bytes += tabBytes(tab);
    count += 1;
    if (count > most || bytes > maxRootBytes) break;
    kept.push([tab.tabId, tab]);
  }
  if (kept.length === youngestFirst.length) return root;
  return { ...root, tabs: Object.fromEntries(kept.toReversed()) };
}

function tabBytes(tab: AuthenticationTab): number {
  const owner = 'browser tab in login';
  const notes = assertNotesFit(owner, tab.clientNotes) + assertNotesFit(owner, tab.authNotes) + assertNotesFit(owner, tab.userSessionNotes);
  const lists = [...tab.requiredActions, ...tab.clientScopes].reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  const rest = lists + assertNotesFit(owner, tab.executionStatus) + Buffer.byteLength(tab.redirectUri) + 300;
  if (rest > 65_536) throw new ServerError('KG_LIMIT_EXCEEDED', `a ${owner} has ${rest} bytes beside its notes, at most 65536 are allowed`);
  return notes + rest;
}
