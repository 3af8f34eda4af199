import type { LoginFailure, Realm } from '../model/index.ts';

/** Marks a permanent lock in `failedLoginNotBefore`; Admin REST shows it as 9223372036854775807. */
export const PERMANENTLY_LOCKED = Number.MAX_SAFE_INTEGER;

/** The brute-force settings of a realm as they apply to one user: plain data, so that it can travel to the primary owner. */
export interface BruteForcePolicy {
  readonly realmId: string;
  readonly userId: string;
  readonly permanentLockout: boolean;
  /** With `permanentLockout`: 0 = lock permanently at once (pure permanent), more = after that many temporary locks (mixed). */
  readonly maxTemporaryLockouts: number;
  readonly strategy: 'MULTIPLE' | 'LINEAR';
  readonly failureFactor: number;
  readonly waitIncrementSeconds: number;
  readonly maxFailureWaitSeconds: number;
  readonly maxDeltaTimeSeconds: number;
  readonly quickLoginCheckMs: number;
  readonly minimumQuickLoginWaitSeconds: number;
}

/** The policy of `realm` for one of its users. */
export function bruteForcePolicy(realm: Realm, userId: string): BruteForcePolicy {
  return {
    realmId: realm.id,
    userId,
    permanentLockout: realm.permanentLockout,
    maxTemporaryLockouts: realm.maxTemporaryLockouts,
    strategy: realm.bruteForceStrategy,
    failureFactor: realm.failureFactor,
    waitIncrementSeconds: realm.waitIncrementSeconds,
    maxFailureWaitSeconds: realm.maxFailureWaitSeconds,
    maxDeltaTimeSeconds: realm.maxDeltaTimeSeconds,
    quickLoginCheckMs: realm.quickLoginCheckMilliSeconds,
    minimumQuickLoginWaitSeconds: realm.minimumQuickLoginWaitSeconds,
  };
}

/** Whether logins are refused now, for a while or for good. */
export function isLocked(failure: LoginFailure | undefined, nowMs: number): boolean {
  return failure !== undefined && Math.floor(nowMs / 1000) < failure.failedLoginNotBefore;
}

/** Whether the user is to be disabled until an administrator acts. */
export function isPermanentlyLocked(failure: LoginFailure | undefined): boolean {
  return failure?.failedLoginNotBefore === PERMANENTLY_LOCKED;
}

/**
 * Counts one failed login. Pure, so that the primary owner can apply it exactly once per failure under any concurrency.
 * A failure that raced with the lock (the user is locked already) counts nothing and moves nothing.
 * @param nowMs epoch milliseconds
 * @see Keycloak server administration guide, "Brute force attacks"
 */
export function recordFailure(current: LoginFailure | undefined, policy: BruteForcePolicy, ipAddress: string, nowMs: number): LoginFailure {
  if (current !== undefined && isLocked(current, nowMs)) return current;
  const nowSeconds = Math.floor(nowMs / 1000);
  // Clocks of nodes differ, and tries overtake one another: a failure "before" the last one came at the same moment, not more quickly than at once.
  const gapMs = current === undefined || current.lastFailure <= 0 ? undefined : Math.max(0, nowMs - current.lastFailure);
  const purePermanent = policy.permanentLockout && policy.maxTemporaryLockouts <= 0;
  const forgotten = !purePermanent && gapMs !== undefined && gapMs > policy.maxDeltaTimeSeconds * 1000;
  const counted: LoginFailure = {
    realmId: policy.realmId,
    userId: policy.userId,
    failedLoginNotBefore: forgotten ? 0 : (current?.failedLoginNotBefore ?? 0),
    numFailures: (forgotten ? 0 : (current?.numFailures ?? 0)) + 1,
    numTemporaryLockouts: forgotten ? 0 : (current?.numTemporaryLockouts ?? 0),
    numSecondaryAuthFailures: current?.numSecondaryAuthFailures ?? 0,
    lastFailure: Math.max(nowMs, current?.lastFailure ?? 0),
    lastIPFailure: ipAddress,
    ...(current?.pending === undefined ? {} : { pending: current.pending }),
  };
  if (purePermanent && counted.numFailures >= policy.failureFactor) return { ...counted, failedLoginNotBefore: PERMANENTLY_LOCKED };

  const regularWaitSeconds = purePermanent ? 0 : waitSecondsOf(policy, counted.numFailures);
  const quick = regularWaitSeconds <= 0 && gapMs !== undefined && gapMs < policy.quickLoginCheckMs;
  const uncappedWaitSeconds = quick ? policy.minimumQuickLoginWaitSeconds : regularWaitSeconds;
  if (uncappedWaitSeconds <= 0) return counted;
  const waitSeconds = purePermanent ? uncappedWaitSeconds : Math.min(uncappedWaitSeconds, policy.maxFailureWaitSeconds);
  const locked = { ...counted, failedLoginNotBefore: nowSeconds + waitSeconds };
  if (quick) return locked;

  const numTemporaryLockouts = counted.numTemporaryLockouts + 1;
  if (policy.permanentLockout && numTemporaryLockouts > policy.maxTemporaryLockouts) {
    return { ...locked, numTemporaryLockouts, failedLoginNotBefore: PERMANENTLY_LOCKED };
  }
  return { ...locked, numTemporaryLockouts };
}

function waitSecondsOf(policy: BruteForcePolicy, failures: number): number {
  const factor = Math.max(1, policy.failureFactor);
  return policy.strategy === 'LINEAR'
    ? policy.waitIncrementSeconds * (1 + failures - factor)
    : policy.waitIncrementSeconds * Math.floor(failures / factor);
}

/**
 * How many passwords may be looked at now before one of them could be a guess too many: that many failures lock the user. At least one.
 */
export function failuresUntilLock(current: LoginFailure | undefined, policy: BruteForcePolicy, nowMs: number): number {
  const untilFactor = policy.failureFactor - (current?.numFailures ?? 0);
  const recent = current !== undefined && current.lastFailure > 0 && nowMs - current.lastFailure < policy.quickLoginCheckMs;
  const untilQuick = policy.quickLoginCheckMs <= 0 ? Number.POSITIVE_INFINITY : recent ? 1 : 2;
  return Math.max(1, Math.min(untilFactor, untilQuick));
}
