import { describe, expect, it } from 'vitest';
import { FakeCluster } from '../testing/fake-grid.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { configureCaches } from './cache-configuration.ts';
import { createLoginFailures, type LoginFailureRule } from './login-failures.ts';

/** Counts, and locks for an hour from the third failure on. */
const rule: LoginFailureRule<{ realmId: string; userId: string; ipAddress: string }> = {
  argument: (realm, userId, ipAddress) => ({ realmId: realm.id, userId, ipAddress }),
  apply: (current, { realmId, userId, ipAddress }, nowMs) => {
    const numFailures = (current?.numFailures ?? 0) + 1;
    const failedLoginNotBefore = numFailures >= 3 ? Math.floor(nowMs / 1000) + 3_600 : 0;
    const none = { numTemporaryLockouts: 0, numSecondaryAuthFailures: 0 };
    const failure = { realmId, userId, numFailures, failedLoginNotBefore, lastFailure: nowMs, lastIPFailure: ipAddress, ...none };
    return { failure, verdict: 'go' };
  },
};

function open() {
  const clock = new ManualClock();
  const cluster = new FakeCluster(clock, ['n1', 'n2', 'n3']);
  const configuration = configureCaches({ mode: 'ispn', persistentUserSessions: true }).caches.loginFailures;
  const on = (index: number) => createLoginFailures({ grid: cluster.node(index), configuration, rule });
  return { clock, on, realm: realmFixture({ maxDeltaTimeSeconds: 600 }), other: realmFixture({ realm: 'other' }) };
}

describe('login failures', () => {
  it('counts every one of thirty failures that arrive at once on three nodes', async () => {
    const { on, realm } = open();
    await Promise.all(Array.from({ length: 30 }, (_, index) => on(index % 3).count(realm, 'u', '10.0.0.1', { kind: 'fail' })));
    expect((await on(0).get(realm, 'u'))?.numFailures).toBe(30);
  });

  it('forgets a user after the time in which failures count, but not while locked', async () => {
    const { clock, on, realm } = open();
    await on(0).count(realm, 'once', '10.0.0.1', { kind: 'fail' });
    for (let count = 0; count < 3; count += 1) await on(0).count(realm, 'locked', '10.0.0.1', { kind: 'fail' });
    clock.advanceSeconds(601);
    expect(await on(1).get(realm, 'once')).toBeUndefined();
    expect(await on(1).get(realm, 'locked')).toBeDefined();
    clock.advanceSeconds(3_000);
    expect(await on(1).get(realm, 'locked')).toBeUndefined();
  });

  it('keeps no count for ever, not even where failures are never forgotten or the lock is a very long one (Keycloak #32080)', async () => {
    const { clock, on } = open();
    const permanent = realmFixture({ realm: 'permanent', permanentLockout: true, maxTemporaryLockouts: 0, maxDeltaTimeSeconds: 60 });
    const patient = realmFixture({ realm: 'patient', maxDeltaTimeSeconds: 10 * 365 * 86_400 });
    const counted = () => Promise.all([permanent, patient].map(async (realm) => (await on(1).get(realm, 'u'))?.numFailures));
    for (const realm of [permanent, patient]) await on(0).count(realm, 'u', '10.0.0.1', { kind: 'fail' });
    clock.advanceSeconds(29 * 86_400);
    expect(await counted()).toEqual([1, 1]);
    clock.advanceSeconds(86_401);
    expect(await counted()).toEqual([undefined, undefined]);
  });

  it('clears one user or a whole realm, and no other', async () => {
    const { on, realm, other } = open();
    for (const user of ['a', 'b', 'c']) await on(0).count(realm, user, '10.0.0.1', { kind: 'fail' });
    await on(0).count(other, 'a', '10.0.0.1', { kind: 'fail' });
    await on(1).clear(realm, 'a');
    expect(await on(0).get(realm, 'a')).toBeUndefined();
    expect(await on(0).get(realm, 'b')).toBeDefined();
    await on(2).clearAll(realm);
    expect([await on(0).get(realm, 'b'), await on(0).get(realm, 'c')]).toEqual([undefined, undefined]);
    expect((await on(0).get(other, 'a'))?.numFailures).toBe(1);
  });
});
