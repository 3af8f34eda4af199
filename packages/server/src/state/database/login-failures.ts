import type { LoginFailures } from '../../cache/contracts.ts';
import { type LoginFailureRule, loginFailureLifespanMs, loginFailureMemorySeconds } from '../../cache/login-failures.ts';
import { StateUnavailableError } from '../../cache/state-error.ts';
import type { Clock } from '../../model/clock.ts';
import type { LoginFailure, Realm } from '../../model/index.ts';
import type { LoginFailureStore, StoredLoginFailure } from '../../store/shared-state.ts';
import { OneAtATime } from '../one-at-a-time.ts';

/** Lost races of one step against those of other nodes; each means that another one was counted. */
const maxTries = 100;
/** Rows that one statement removes. */
const removalBatch = 1_000;

/** Failed logins by user as rows: each step is a replacement that its version guards, so that none is lost and no lock is held. */
export function createDatabaseLoginFailures<Argument>(
  store: LoginFailureStore,
  rule: LoginFailureRule<Argument>,
  clock: Clock,
): LoginFailures {
  const line = new OneAtATime();

  /** Makes the row what was counted, if nobody else changed it since it was read. */
  async function change(
    realm: Realm,
    userId: string,
    standing: StoredLoginFailure | undefined,
    failure: LoginFailure | undefined,
    nowMs: number,
  ): Promise<boolean> {
    if (failure === standing?.failure) return true;
    if (failure === undefined) return standing === undefined || store.remove(realm.id, userId, standing.version);
    const endsAtMs = nowMs + loginFailureLifespanMs(failure, loginFailureMemorySeconds(realm), nowMs);
    return standing === undefined ? store.insert(failure, endsAtMs) : store.replace(failure, endsAtMs, standing.version);
  }

  return {
    async get(realm, userId) {
      return (await store.load(realm.id, userId, clock.nowMs()))?.failure;
    },

    count(realm, userId, ipAddress, step) {
      const argument = rule.argument(realm, userId, ipAddress, step);
      return line.run(`${realm.id} ${userId}`, async () => {
        for (let tries = 0; tries < maxTries; tries += 1) {
          const nowMs = clock.nowMs();
          const standing = await store.load(realm.id, userId, nowMs);
          const counted = rule.apply(standing?.failure, argument, nowMs);
          if (await change(realm, userId, standing, counted.failure, nowMs)) return counted;
        }
        throw new StateUnavailableError(`the tries of a user are counted by too many at once: ${maxTries} lost their race`);
      });
    },

    async clear(realm, userId) {
      await store.remove(realm.id, userId);
    },

    async clearAll(realm) {
      while ((await store.removeOfRealm(realm.id, removalBatch)) === removalBatch);
    },
  };
}
