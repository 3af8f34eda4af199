import { describe, expect, it } from 'vitest';
import type { LoginFailure } from '../model/index.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { isLocked } from './brute-force-rules.ts';
import { bruteForceRule, PENDING_TRY_MS } from './login-steps.ts';

const START_MS = 1_800_000_000_000;
const base = { bruteForceProtected: true, failureFactor: 5, quickLoginCheckMilliSeconds: 0, waitIncrementSeconds: 60 };

/** One user's counter; `nowMs` may be moved. */
function counter(settings: Partial<ReturnType<typeof realmFixture>> = {}) {
  const realm = realmFixture({ ...base, ...settings });
  const self = {
    nowMs: START_MS,
    state: undefined as LoginFailure | undefined,
    step(kind: 'begin' | 'succeed' | 'fail' | 'release', tryId: string) {
      const counted = bruteForceRule.apply(self.state, bruteForceRule.argument(realm, 'u', '192.0.2.1', { kind, tryId }), self.nowMs);
      self.state = counted.failure;
      return counted.verdict;
    },
  };
  return self;
}

describe('tries of one user', () => {
  it('may be under way at once as often as may fail before the next lock', () => {
    const user = counter();
    const begun = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => user.step('begin', id));
    expect(begun).toEqual(['go', 'go', 'go', 'go', 'go', 'busy']);
    for (const id of ['a', 'b', 'c', 'd']) expect(user.step('fail', id)).toBe('go');
    expect(user.step('fail', 'e')).toBe('locked');
    expect(user.step('begin', 'g')).toBe('locked');
    expect(user.state?.numFailures).toBe(5);
  });

  it('are one after the other once the factor is reached', () => {
    const user = counter();
    for (const id of ['a', 'b', 'c', 'd', 'e']) user.step('begin', id);
    for (const id of ['a', 'b', 'c', 'd', 'e']) user.step('fail', id);
    user.nowMs += 61_000;
    expect([user.step('begin', 'f'), user.step('begin', 'g')]).toEqual(['go', 'busy']);
  });

  it('are two at once where quick failures lock, and one after a failure', () => {
    const user = counter({ quickLoginCheckMilliSeconds: 1_000 });
    expect(['a', 'b', 'c'].map((id) => user.step('begin', id))).toEqual(['go', 'go', 'busy']);
    user.step('fail', 'a');
    user.step('release', 'b');
    expect(['d', 'e'].map((id) => user.step('begin', id))).toEqual(['go', 'busy']);
  });

  it('that succeed wipe the slate, and leave those that are still under way', () => {
    const user = counter();
    user.step('begin', 'a');
    user.step('fail', 'a');
    user.step('begin', 'b');
    user.step('begin', 'c');
    user.step('succeed', 'b');
    expect(user.state).toMatchObject({ numFailures: 0, pending: [{ id: 'c' }] });
    user.step('release', 'c');
    expect(user.state).toBeUndefined();
  });

  it('count as failed once when nobody says how they went', () => {
    const user = counter();
    user.step('begin', 'a');
    user.nowMs += PENDING_TRY_MS + 1;
    user.step('begin', 'b');
    expect(user.state).toMatchObject({ numFailures: 1, pending: [{ id: 'b' }] });
    expect(user.step('fail', 'a')).toBe('go');
    expect(user.state?.numFailures).toBe(1);
  });

  it('do not unlock a user who is locked for good', () => {
    const user = counter({ permanentLockout: true, failureFactor: 1 });
    user.step('begin', 'a');
    expect(user.step('fail', 'a')).toBe('locked');
    user.step('succeed', 'x');
    expect(user.state !== undefined && isLocked(user.state, user.nowMs + 1e12)).toBe(true);
  });

  it('are bounded however many failures the realm allows', () => {
    const user = counter({ failureFactor: 10_000 });
    const begun = Array.from({ length: 100 }, (_, index) => user.step('begin', `t${index}`));
    expect(begun.filter((verdict) => verdict === 'go')).toHaveLength(64);
  });
});
