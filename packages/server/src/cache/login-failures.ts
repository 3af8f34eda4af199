import type { Cache, GridNode } from '@keygrid/grid';
import type { LoginFailure, Realm } from '../model/index.ts';
import type { EffectiveCache } from './cache-configuration.ts';
import type { LoginCount, LoginFailures, LoginStep } from './contracts.ts';
import { onGridOf } from './state-error.ts';

/** The brute-force rule, handed in by the room that knows it. Both functions are pure. */
export interface LoginFailureRule<Argument = unknown> {
  /** All that `apply` needs of realm and request, as plain data that can travel to the primary. */
  argument(realm: Realm, userId: string, ipAddress: string, step: LoginStep): Argument;
  /** Applies one step; runs once on the primary. `nowMs`: epoch milliseconds. */
  apply(current: LoginFailure | undefined, argument: Argument, nowMs: number): LoginCount;
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
/** Longer than any password check takes. */
const pendingMemoryMs = 60_000;

/** Failed logins by user: cache loginFailures with two owners, counted exactly by one update function on the primary. */
export function createLoginFailures<Argument>({ grid, configuration, rule }: LoginFailuresOptions<Argument>): LoginFailures {
  const onGrid = onGridOf(grid);
  const cache: Cache<string, LoginFailure> = grid.cache('loginFailures', {
    mode: configuration.mode,
    owners: configuration.owners,
    stateTransfer: configuration.stateTransfer,
    updates: {
      count: (current, argument, nowMs) => {
        const count = argument as Count<Argument>;
        const counted = rule.apply(current, count.argument, nowMs);
        const { failure } = counted;
        if (failure === undefined) return { value: undefined, result: counted };
        return { value: failure, result: counted, lifespanMs: loginFailureLifespanMs(failure, count.rememberSeconds, nowMs) };
      },
    },
  });

  return {
    async get(realm, userId) {
      return onGrid(() => cache.get(keyOf(realm.id, userId)));
    },

    async count(realm, userId, ipAddress, step) {
      const count: Count<Argument> = {
        argument: rule.argument(realm, userId, ipAddress, step),
        rememberSeconds: loginFailureMemorySeconds(realm),
      };
      return onGrid(() => cache.update<LoginCount>(keyOf(realm.id, userId), 'count', count));
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

/** How long a failure is remembered after it was counted. */
export function loginFailureMemorySeconds(realm: Realm): number {
  const purePermanent = realm.permanentLockout && realm.maxTemporaryLockouts <= 0;
  return purePermanent ? longestMemorySeconds : Math.min(longestMemorySeconds, Math.max(1, realm.maxDeltaTimeSeconds));
}

/** Until the count would be forgotten, the lock is over or the outcome of a pending try is known, whichever is later. */
export function loginFailureLifespanMs(failure: LoginFailure, rememberSeconds: number, nowMs: number): number {
  const lockedMs = failure.failedLoginNotBefore * 1000 - nowMs;
  const pendingMs = failure.pending?.length ? pendingMemoryMs : 0;
  return Math.min(longestMemorySeconds * 1000, Math.max(rememberSeconds * 1000, lockedMs, pendingMs));
}

function keyOf(realmId: string, userId: string): string {
  return `${realmId}:${userId}`;
}
