import type { Cache, GridNode } from '@keygrid/grid';
import type { LoginFailure, Realm } from '../model/index.ts';
import type { EffectiveCache } from './cache-configuration.ts';
import type { LoginFailures } from './contracts.ts';
import { onGrid } from './state-error.ts';

/** The brute-force rule, handed in by the room that knows it. Both functions are pure. */
export interface LoginFailureRule<Argument = unknown> {
  /** All that `apply` needs of realm and request, as plain data that can travel to the primary. */
  argument(realm: Realm, userId: string, ipAddress: string): Argument;
  /** Counts one failure; runs once on the primary. `nowMs`: epoch milliseconds. */
  apply(current: LoginFailure | undefined, argument: Argument, nowMs: number): LoginFailure;
}

export interface LoginFailuresOptions<Argument> {
  readonly grid: GridNode;
  readonly configuration: EffectiveCache;
  readonly rule: LoginFailureRule<Argument>;
}

interface Count<Argument> {
  readonly argument: Argument;
  /** How long a count is remembered after the last failure. */
  readonly rememberSeconds: number;
}

/** A pure permanent lock counts without forgetting; this bounds the memory that one mistyped password takes. */
const longestMemorySeconds = 30 * 86_400;

/** Failed logins by user: cache loginFailures with two owners, counted exactly by one update function on the primary. */
export function createLoginFailures<Argument>({ grid, configuration, rule }: LoginFailuresOptions<Argument>): LoginFailures {
  const cache: Cache<LoginFailure> = grid.cache('loginFailures', {
    mode: configuration.mode,
    owners: configuration.owners,
    stateTransfer: configuration.stateTransfer,
    updates: {
      recordFailure: (current, argument, nowMs) => {
        const count = argument as Count<Argument>;
        const failure = rule.apply(current, count.argument, nowMs);
        return { value: failure, result: failure, lifespanMs: lifespanMs(failure, count.rememberSeconds, nowMs) };
      },
    },
  });

  return {
    async get(realm, userId) {
      return onGrid(() => cache.get(keyOf(realm.id, userId)));
    },

    async recordFailure(realm, userId, ipAddress) {
      const purePermanent = realm.permanentLockout && realm.maxTemporaryLockouts <= 0;
      const count: Count<Argument> = {
        argument: rule.argument(realm, userId, ipAddress),
        rememberSeconds: Math.min(longestMemorySeconds, purePermanent ? longestMemorySeconds : Math.max(1, realm.maxDeltaTimeSeconds)),
      };
      return onGrid(() => cache.update<LoginFailure>(keyOf(realm.id, userId), 'recordFailure', count));
    },

    async clear(realm, userId) {
      await onGrid(() => cache.remove(keyOf(realm.id, userId)));
    },

    async clearAll(realm) {
      await onGrid(async () => {
        for await (const [key] of cache.entries()) if (key.startsWith(`${realm.id}:`)) await cache.remove(key);
      });
    },
  };
}

/** Until the count would be forgotten or the lock is over, whichever is later. */
function lifespanMs(failure: LoginFailure, rememberSeconds: number, nowMs: number): number {
  const lockedMs = failure.failedLoginNotBefore * 1000 - nowMs;
  return Math.min(longestMemorySeconds * 1000, Math.max(rememberSeconds * 1000, lockedMs));
}

function keyOf(realmId: string, userId: string): string {
  return `${realmId}:${userId}`;
}
