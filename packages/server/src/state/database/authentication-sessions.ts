import type { AuthenticationSessions } from '../../cache/contracts.ts';
import { boundedRoot, isRootId, newRoot, newRootId, rootExpiresAtMs } from '../../cache/root-session-limits.ts';
import { StateUnavailableError } from '../../cache/state-error.ts';
import type { Clock } from '../../model/clock.ts';
import type { AuthenticationSessionStore } from '../../store/shared-state.ts';
import { OneAtATime } from '../one-at-a-time.ts';

/** Lost races of one change; each means that another change got through. */
const maxTries = 100;

/** Logins in progress as rows, changed under the guard of their version. No node is nearer to one than another: there are no routes. */
export function createDatabaseAuthenticationSessions(
  store: AuthenticationSessionStore,
  clock: Clock,
  maxTabs: number | undefined,
): AuthenticationSessions {
  const line = new OneAtATime();
  return {
    async create(realm, firstTab) {
      const root = newRoot(newRootId(), realm, clock.nowSeconds(), firstTab, maxTabs);
      const inserted = await store.insert(root, rootExpiresAtMs(realm, root));
      if (!inserted) throw new StateUnavailableError('a fresh authentication session met one with its id');
      return root;
    },

    async get(realm, id) {
      return isRootId(id) ? (await store.load(realm.id, id, clock.nowMs()))?.root : undefined;
    },

    async update(realm, id, change) {
      if (!isRootId(id)) return undefined;
      return line.run(id, async () => {
        for (let tries = 0; tries < maxTries; tries += 1) {
          const found = await store.load(realm.id, id, clock.nowMs());
          if (found === undefined) return undefined;
          const next = change(found.root);
          const root = next === undefined ? undefined : boundedRoot({ ...next, id, realmId: realm.id }, maxTabs);
          const endsAtMs = root === undefined ? 0 : rootExpiresAtMs(realm, root);
          if (root === undefined || endsAtMs <= clock.nowMs()) {
            if (await store.remove(realm.id, id, found.version)) return undefined;
          } else if (await store.replace(root, endsAtMs, found.version)) {
            return root;
          }
        }
        throw new StateUnavailableError(`an authentication session is changed by too many at once: ${maxTries} tries lost their race`);
      });
    },

    async remove(realm, id) {
      if (isRootId(id)) await store.remove(realm.id, id);
    },

    route: () => undefined,
  };
}
