import { randomBytes } from 'node:crypto';
import type { Cache, GridNode } from '@keygrid/grid';
import { ServerError } from '../http/errors.ts';
import type { Clock } from '../model/clock.ts';
import type { AuthenticationTab, Realm, RootAuthenticationSession } from '../model/index.ts';
import type { EffectiveCache } from './cache-configuration.ts';
import type { AuthenticationSessions } from './contracts.ts';
import { assertNotesFit } from './notes-limit.ts';
import { onGrid, StateUnavailableError } from './state-error.ts';

/** Keycloak's default of `auth-sessions-limit`. */
export const defaultMaxTabs = 300;
/** All tabs of one root, as an estimate of encoded bytes; the grid takes values of 512 KB. */
const maxRootBytes = 400_000;
/** Random ids tried for one of which this node is primary; with ten nodes all fail once in a thousand times, which costs a hop. */
const maxIdTries = 64;
/** Lost races of one change; each means that another change got through. */
const maxUpdateTries = 100;

export interface AuthenticationSessionsOptions {
  readonly grid: GridNode;
  readonly clock: Clock;
  readonly configuration: EffectiveCache;
  /** Tabs of one browser; 0 or less means the default. */
  readonly maxTabs?: number | undefined;
  /** Whether cookies carry the route of the primary (`should-attach-route`). */
  readonly attachRoute: boolean;
}

/** Seconds that a login may take: the largest of the three code lifespans. */
export function authenticationSessionSeconds(realm: Realm): number {
  return Math.max(realm.accessCodeLifespan, realm.accessCodeLifespanUserAction, realm.accessCodeLifespanLogin);
}

/** Logins in progress, on the grid with two owners: any node answers any step, and the loss of one node loses none. */
export function createAuthenticationSessions(options: AuthenticationSessionsOptions): AuthenticationSessions {
  const { grid, clock, configuration } = options;
  const maxTabs = options.maxTabs !== undefined && options.maxTabs > 0 ? options.maxTabs : defaultMaxTabs;
  const cache: Cache<RootAuthenticationSession> = grid.cache('authenticationSessions', {
    mode: configuration.mode,
    owners: configuration.owners,
    stateTransfer: configuration.stateTransfer,
  });

  const lifespanMs = (realm: Realm, root: RootAuthenticationSession) =>
    (root.timestamp + authenticationSessionSeconds(realm) - clock.nowSeconds()) * 1000;

  function newId(): string {
    let id = randomBytes(18).toString('base64url');
    for (let tries = 1; tries < maxIdTries && !cache.isPrimary(id); tries += 1) id = randomBytes(18).toString('base64url');
    return id;
  }

  return {
    async create(realm, firstTab) {
      const root = bounded(
        {
          id: newId(),
          realmId: realm.id,
          timestamp: clock.nowSeconds(),
          tabs: firstTab === undefined ? {} : { [firstTab.tabId]: firstTab },
        },
        maxTabs,
      );
      const standing = await onGrid(() => cache.putIfAbsent(root.id, root, { lifespanMs: lifespanMs(realm, root) }));
      if (standing !== undefined) throw new StateUnavailableError('a fresh authentication session met one with its id');
      return root;
    },

    async get(realm, id) {
      if (!isRootId(id)) return undefined;
      const root = await onGrid(() => cache.get(id));
      return root?.realmId === realm.id ? root : undefined;
    },

    async update(realm, id, change) {
      if (!isRootId(id)) return undefined;
      for (let tries = 0; tries < maxUpdateTries; tries += 1) {
        const found = await onGrid(() => cache.getVersioned(id));
        if (found === undefined || found.value.realmId !== realm.id) return undefined;
        const next = change(found.value);
        const root = next === undefined ? undefined : bounded({ ...next, id, realmId: realm.id }, maxTabs);
        const left = root === undefined ? 0 : lifespanMs(realm, root);
        if (root === undefined || left <= 0) {
          if (await onGrid(() => cache.removeIfVersion(id, found.version))) return undefined;
        } else if (await onGrid(() => cache.replaceIfVersion(id, root, found.version, { lifespanMs: left }))) {
          return root;
        }
      }
      throw new StateUnavailableError(`an authentication session is changed by too many at once: ${maxUpdateTries} tries lost their race`);
    },

    async remove(realm, id) {
      if (!isRootId(id)) return;
      await onGrid(async () => {
        const found = await cache.getVersioned(id);
        if (found?.value.realmId === realm.id) await cache.remove(id);
      });
    },

    route(id) {
      return options.attachRoute && configuration.mode === 'distributed' ? cache.primaryOf(id) : undefined;
    },
  };
}

/** Others never reach the grid. */
function isRootId(id: string): boolean {
  return /^[A-Za-z0-9_-]{24}$/.test(id);
}

/** The root with its tabs counted and measured: the oldest go first, and a tab that is too large by itself is refused. */
function bounded(root: RootAuthenticationSession, maxTabs: number): RootAuthenticationSession {
  const youngestFirst = Object.values(root.tabs).toSorted((a, b) => b.timestamp - a.timestamp);
  let bytes = 0;
  let count = 0;
  const kept: [string, AuthenticationTab][] = [];
  for (const tab of youngestFirst) {
    bytes += tabBytes(tab);
    count += 1;
    if (count > maxTabs || bytes > maxRootBytes) break;
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
