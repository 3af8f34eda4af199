import type { LoginCount, LoginStep } from '../cache/contracts.ts';
import type { LoginFailure, PendingTry, Realm } from '../model/index.ts';
import {
  type BruteForcePolicy,
  bruteForcePolicy,
  failuresUntilLock,
  isLocked,
  isPermanentlyLocked,
  recordFailure,
} from './brute-force-rules.ts';

/** A try whose outcome nobody told by then counts as failed: its node is gone, or could not reach the counter. */
export const PENDING_TRY_MS = 30_000;
/** Tries of one user that may be under way at once, however many failures the realm allows. */
const MAX_PENDING_TRIES = 64;

/** All that the counter needs of one step, as plain data. */
export interface LoginStepArgument {
  readonly policy: BruteForcePolicy;
  readonly ipAddress: string;
  readonly step: LoginStep;
}

/**
 * Applies one step of a login to what is held against the user. Pure: runs once, on the primary owner, one after the other for a user.
 * Reservations make the bound exact: of any number of passwords that arrive at once on all nodes no more are looked at than may fail.
 */
export function applyLoginStep(stored: LoginFailure | undefined, argument: LoginStepArgument, nowMs: number): LoginCount {
  const { policy, ipAddress, step } = argument;
  const current = settled(stored, policy, nowMs);
  if (step.kind === 'begin') return begin(current, argument, step.tryId, nowMs);
  const pending = current?.pending ?? [];
  const others = pending.filter(({ id }) => id !== step.tryId);
  const rest = current === undefined ? undefined : withPending(current, others);
  if (step.kind === 'fail') {
    // A try that is not there any more was counted when its time was over.
    if (step.tryId !== undefined && others.length === pending.length) return result(rest);
    const counted = recordFailure(rest, policy, ipAddress, nowMs);
    const locksNow = isLocked(counted, nowMs) && !(rest !== undefined && isLocked(rest, nowMs));
    return { failure: counted, verdict: locksNow ? 'locked' : 'go' };
  }
  if (step.kind === 'succeed' && rest !== undefined && !isPermanentlyLocked(rest)) {
    return result(others.length === 0 ? undefined : withPending(empty(policy), others));
  }
  return result(rest);
}

function begin(current: LoginFailure | undefined, { policy, ipAddress }: LoginStepArgument, tryId: string, nowMs: number): LoginCount {
  if (current !== undefined && isLocked(current, nowMs)) return { failure: current, verdict: 'locked' };
  const pending = current?.pending ?? [];
  if (pending.length >= Math.min(MAX_PENDING_TRIES, failuresUntilLock(current, policy, nowMs)))
    return { failure: current, verdict: 'busy' };
  return result(withPending(current ?? empty(policy), [...pending, { id: tryId, begunMs: nowMs, ipAddress }]));
}

/** Counts the tries whose time is over. */
function settled(stored: LoginFailure | undefined, policy: BruteForcePolicy, nowMs: number): LoginFailure | undefined {
  const overdue = stored?.pending?.filter(({ begunMs }) => begunMs + PENDING_TRY_MS < nowMs) ?? [];
  if (stored === undefined || overdue.length === 0) return stored;
  const kept = stored.pending?.filter((one) => !overdue.includes(one)) ?? [];
  return overdue.reduce((state, { ipAddress }) => recordFailure(state, policy, ipAddress, nowMs), withPending(stored, kept));
}

function result(failure: LoginFailure | undefined): LoginCount {
  const nothing = failure === undefined || (failure.numFailures === 0 && failure.failedLoginNotBefore === 0 && !failure.pending?.length);
  return { failure: nothing ? undefined : failure, verdict: 'go' };
}

function withPending(failure: LoginFailure, pending: readonly PendingTry[]): LoginFailure {
  const { pending: _, ...rest } = failure;
  return pending.length === 0 ? rest : { ...rest, pending };
}

function empty({ realmId, userId }: BruteForcePolicy): LoginFailure {
  const none = { failedLoginNotBefore: 0, numFailures: 0, numTemporaryLockouts: 0, numSecondaryAuthFailures: 0 };
  return { realmId, userId, ...none, lastFailure: 0, lastIPFailure: '' };
}

/** The rule in the form in which the counters of all backends take it. */
export const bruteForceRule = {
  argument: (realm: Realm, userId: string, ipAddress: string, step: LoginStep): LoginStepArgument => ({
    policy: bruteForcePolicy(realm, userId),
    ipAddress,
    step,
  }),
  apply: applyLoginStep,
} as const;
