import type { AuthenticationSessions } from '../../cache/contracts.ts';
import { boundedRoot, isRootId, newRoot, newRootId, rootExpiresAtMs } from '../../cache/root-session-limits.ts';
import { StateUnavailableError } from '../../cache/state-error.ts';
import type { Clock } from '../../model/clock.ts';
import type { RootAuthenticationSession } from '../../model/index.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import type { ExactCache } from './exact-cache.ts';

/** Logins in progress on an external engine. No node is nearer to one than another: there are no routes. */
export function createRemoteAuthenticationSessions(
  cache: ExactCache<RootAuthenticationSession>,
  clock: Clock,
  maxTabs: number | undefined,
): AuthenticationSessions {
  const line = new OneAtATime();
  return {
    async create(realm, firstTab) {
      const root = newRoot(newRootId(), realm, clock.nowSeconds(), firstTab, maxTabs);
      if (!(await cache.insert(root.id, root, rootExpiresAtMs(realm, root) - clock.nowMs())))
        throw new StateUnavailableError('a fresh authentication session met one with its id');
      return root;
    },

    async get(realm, id) {
      const root = isRootId(id) ? await cache.get(id) : undefined;
      return root?.realmId === realm.id ? root : undefined;
    },

    async update(realm, id, change) {
      if (!isRootId(id)) return undefined;
      return line.run(id, () =>
        cache.change<RootAuthenticationSession | undefined>(id, (standing) => {
          if (standing?.value.realmId !== realm.id) return { step: 'keep', result: undefined };
          const next = change(standing.value);
          const root = next === undefined ? undefined : boundedRoot({ ...next, id, realmId: realm.id }, maxTabs);
          const lifespanMs = root === undefined ? 0 : rootExpiresAtMs(realm, root) - clock.nowMs();
          if (root === undefined || lifespanMs <= 0) return { step: 'remove', result: undefined };
          return { step: 'store', value: root, lifespanMs, result: root };
        }),
      );
    },

    async remove(realm, id) {
      if (!isRootId(id)) return;
      await cache.change(id, (standing) => ({ step: standing?.value.realmId === realm.id ? 'remove' : 'keep', result: undefined }));
    },

    route: () => undefined,
  };
}
