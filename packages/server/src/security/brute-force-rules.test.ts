import { describe, expect, it } from 'vitest';
import type { LoginFailure } from '../model/index.ts';
import { type BruteForcePolicy, isLocked, isPermanentlyLocked, PERMANENTLY_LOCKED, recordFailure } from './brute-force-rules.ts';

const START_MS = 1_800_000_000_000;
const base: BruteForcePolicy = {
  realmId: 'r',
  userId: 'u',
  permanentLockout: false,
  maxTemporaryLockouts: 0,
  strategy: 'MULTIPLE',
  failureFactor: 5,
  waitIncrementSeconds: 30,
  maxFailureWaitSeconds: 900,
  maxDeltaTimeSeconds: 43_200,
  quickLoginCheckMs: 1000,
  minimumQuickLoginWaitSeconds: 60,
};

/** Fails again and again, each time as soon as the user may try; returns the wait in seconds after each failure. */
function waits(policy: BruteForcePolicy, failures: number, gapMs = 2000): { waits: number[]; last: LoginFailure } {
  const out: number[] = [];
  let nowMs = START_MS;
  let state: LoginFailure | undefined;
  for (let i = 0; i < failures; i += 1) {
    state = recordFailure(state, policy, '10.0.0.1', nowMs);
    const wait = state.failedLoginNotBefore - Math.floor(nowMs / 1000);
    out.push(isLocked(state, nowMs) ? wait : 0);
    nowMs = Math.max(nowMs + gapMs, isPermanentlyLocked(state) ? 0 : state.failedLoginNotBefore * 1000);
  }
  if (state === undefined) throw new Error('no failure was counted');
  return { waits: out, last: state };
}

describe('temporary lockout', () => {
  it('waits a multiple of the increment at each multiple of the failure factor', () => {
    expect(waits(base, 10).waits).toEqual([0, 0, 0, 0, 30, 30, 30, 30, 30, 60]);
  });

  it('waits one increment more for every failure from the factor on with the linear strategy', () => {
    expect(waits({ ...base, strategy: 'LINEAR' }, 10).waits).toEqual([0, 0, 0, 0, 30, 60, 90, 120, 150, 180]);
  });

  it('never waits longer than the maximum', () => {
    expect(waits({ ...base, strategy: 'LINEAR', maxFailureWaitSeconds: 70 }, 8).waits.slice(4)).toEqual([30, 60, 70, 70]);
  });

  it('counts a failure by a clock that is behind, and takes it for no quick one where those are not looked at', () => {
    const policy = { ...base, quickLoginCheckMs: 0 };
    const first = recordFailure(undefined, policy, '10.0.0.1', START_MS);
    const second = recordFailure(first, policy, '10.0.0.2', START_MS - 40);
    expect(second).toMatchObject({ numFailures: 2, failedLoginNotBefore: 0, lastFailure: START_MS });
  });

  it('counts nothing while the user is locked', () => {
    const { last } = waits(base, 5);
    const again = recordFailure(last, base, '10.0.0.9', last.lastFailure + 100);
    expect(again).toBe(last);
  });

  it('locks for the quick-login wait when two failures come too close, and counts both', () => {
    const first = recordFailure(undefined, base, 'a', START_MS);
    const second = recordFailure(first, base, 'b', START_MS + 999);
    expect(second).toMatchObject({ numFailures: 2, failedLoginNotBefore: Math.floor((START_MS + 999) / 1000) + 60, lastIPFailure: 'b' });
    expect(isLocked(recordFailure(first, base, 'b', START_MS + 1000), START_MS + 1000)).toBe(false);
  });

  it('forgets the failures after the failure reset time', () => {
    const { last } = waits(base, 4);
    const fresh = recordFailure(last, base, 'a', last.lastFailure + 43_200_001);
    expect(fresh).toMatchObject({ numFailures: 1, failedLoginNotBefore: 0 });
    expect(recordFailure(last, base, 'a', last.lastFailure + 43_200_000).numFailures).toBe(5);
  });

  it('opens again exactly when the wait is over', () => {
    const { last } = waits(base, 5);
    expect(isLocked(last, last.failedLoginNotBefore * 1000 - 1)).toBe(true);
    expect(isLocked(last, last.failedLoginNotBefore * 1000)).toBe(false);
  });
});

describe('permanent lockout', () => {
  const permanent = { ...base, permanentLockout: true };

  it('locks for good at the failure factor', () => {
    const { last } = waits(permanent, 5);
    expect(isPermanentlyLocked(last)).toBe(true);
    expect(last.failedLoginNotBefore).toBe(PERMANENTLY_LOCKED);
    expect(last.numTemporaryLockouts).toBe(0);
  });

  it('never forgets failures', () => {
    const { last } = waits(permanent, 4);
    expect(isPermanentlyLocked(recordFailure(last, permanent, 'a', last.lastFailure + 999_999_999))).toBe(true);
  });

  it('still answers quick failures with a short wait', () => {
    const first = recordFailure(undefined, permanent, 'a', START_MS);
    const second = recordFailure(first, permanent, 'a', START_MS + 10);
    expect(isLocked(second, START_MS + 10)).toBe(true);
    expect(isPermanentlyLocked(second)).toBe(false);
  });
});

describe('permanent lockout after temporary ones', () => {
  const mixed = { ...base, permanentLockout: true, maxTemporaryLockouts: 2 };

  it('locks for good once there were more temporary locks than allowed', () => {
    const { waits: all, last } = waits(mixed, 7);
    expect(all.slice(0, 6)).toEqual([0, 0, 0, 0, 30, 30]);
    expect(last.numTemporaryLockouts).toBe(3);
    expect(isPermanentlyLocked(last)).toBe(true);
  });

  it('does not count quick-login waits as locks', () => {
    const first = recordFailure(undefined, mixed, 'a', START_MS);
    expect(recordFailure(first, mixed, 'a', START_MS + 10).numTemporaryLockouts).toBe(0);
  });

  it('forgets the locks together with the failures', () => {
    const { last } = waits(mixed, 5);
    expect(recordFailure(last, mixed, 'a', last.lastFailure + 43_200_001)).toMatchObject({ numFailures: 1, numTemporaryLockouts: 0 });
  });
});

it('starts from nothing with the first failure of a user', () => {
  expect(recordFailure(undefined, base, '192.0.2.7', START_MS)).toEqual({
    realmId: 'r',
    userId: 'u',
    failedLoginNotBefore: 0,
    numFailures: 1,
    numTemporaryLockouts: 0,
    numSecondaryAuthFailures: 0,
    lastFailure: START_MS,
    lastIPFailure: '192.0.2.7',
  });
});
