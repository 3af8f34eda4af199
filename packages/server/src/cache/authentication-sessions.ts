import type { Cache, GridNode } from '@keygrid/grid';
import type { Clock } from '../model/clock.ts';
import type { Realm, RootAuthenticationSession } from '../model/index.ts';
import type { EffectiveCache } from './cache-configuration.ts';
import type { AuthenticationSessions } from './contracts.ts';
import { boundedRoot, isRootId, newRoot, newRootId, rootExpiresAtMs } from './root-session-limits.ts';
import { onGridOf, StateUnavailableError } from './state-error.ts';

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

/** Logins in progress, on the grid with two owners: any node answers any step, and the loss of one node loses none. */
export function createAuthenticationSessions(options: AuthenticationSessionsOptions): AuthenticationSessions {
  const { grid, clock, configuration, maxTabs } = options;
  const onGrid = onGridOf(grid);
  const cache: Cache<string, RootAuthenticationSession> = grid.cache('authenticationSessions', {
    mode: configuration.mode,
    owners: configuration.owners,
    stateTransfer: configuration.stateTransfer,
  });

  const lifespanMs = (realm: Realm, root: RootAuthenticationSession) => rootExpiresAtMs(realm, root) - clock.nowSeconds() * 1000;

  function newId(): string {
    let id = newRootId();
    for (let tries = 1; tries < maxIdTries && !cache.isPrimary(id); tries += 1) id = newRootId();
    return id;
  }

  return {
    async create(realm, firstTab) {
      const root = newRoot(newId(), realm, clock.nowSeconds(), firstTab, maxTabs);
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
        const root = next === undefined ? undefined : boundedRoot({ ...next, id, realmId: realm.id }, maxTabs);
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
