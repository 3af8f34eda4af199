import type { LoginCount, LoginFailures } from '../../cache/contracts.ts';
import { type LoginFailureRule, loginFailureLifespanMs, loginFailureMemorySeconds } from '../../cache/login-failures.ts';
import type { Clock } from '../../model/clock.ts';
import type { LoginFailure } from '../../model/index.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import type { ExactCache } from './exact-cache.ts';

/** Failed logins by user on an external engine: each step is a guarded replacement, so that none is lost and none counts twice. */
export function createRemoteLoginFailures<Argument>(
  cache: ExactCache<LoginFailure>,
  rule: LoginFailureRule<Argument>,
  clock: Clock,
): LoginFailures {
  const line = new OneAtATime();
  return {
    get: (realm, userId) => cache.get(keyOf(realm.id, userId)),

    count(realm, userId, ipAddress, step) {
      const argument = rule.argument(realm, userId, ipAddress, step);
      const key = keyOf(realm.id, userId);
      return line.run(key, () =>
        cache.change<LoginCount>(key, (standing) => {
          const nowMs = clock.nowMs();
          const counted = rule.apply(standing?.value, argument, nowMs);
          const { failure } = counted;
          if (failure === standing?.value) return { step: 'keep', result: counted };
          if (failure === undefined) return { step: 'remove', result: counted };
          const lifespanMs = loginFailureLifespanMs(failure, loginFailureMemorySeconds(realm), nowMs);
          return { step: 'store', value: failure, lifespanMs, result: counted };
        }),
      );
    },

    async clear(realm, userId) {
      await cache.remove(keyOf(realm.id, userId));
    },

    async clearAll(realm) {
      for await (const [key] of cache.entries()) if (key.startsWith(`${realm.id}:`)) await cache.remove(key);
    },
  };
}

function keyOf(realmId: string, userId: string): string {
  return `${realmId}:${userId}`;
}
