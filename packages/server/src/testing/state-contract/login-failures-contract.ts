import { expect, it } from 'vitest';
import type { LoginFailure, Realm } from '../../model/index.ts';
import { atOnce, type OpenBed, ownRealm } from './bed.ts';

/** A realm that counts and never locks. */
const counting = { bruteForceProtected: true, failureFactor: 10_000, quickLoginCheckMilliSeconds: 0 };

/** Counts one failure on a node and gives the state after it. */
const failing =
  (bed: OpenBed) =>
  async (index: number, realm: Realm, userId: string, ipAddress: string): Promise<LoginFailure> => {
    const { failure } = await bed.node(index).loginFailures.count(realm, userId, ipAddress, { kind: 'fail' });
    if (failure === undefined) throw new Error('a failure was counted and is not there');
    return failure;
  };

/** Exact counters that expire. */
export function loginFailuresContract(bed: OpenBed): void {
  const on = (index: number) => bed.node(index).loginFailures;
  const fail = failing(bed);

  it('counts every one of thirty failures that arrive at once on all nodes (Keycloak #34680, #52646)', async () => {
    const realm = ownRealm(counting);
    const states = await atOnce(30, (index) => fail(index, realm, 'u', `10.0.0.${index}`));
    expect(states.map((state) => state.numFailures).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(await on(1).get(realm, 'u')).toMatchObject({ realmId: realm.id, userId: 'u', numFailures: 30, failedLoginNotBefore: 0 });
  });

  it('counts by the rules of the realm: locked from the third failure on, and a failure while locked counts nothing', async () => {
    const realm = ownRealm({ ...counting, failureFactor: 3, waitIncrementSeconds: 100 });
    const states = await atOnce(12, (index) => fail(index, realm, 'u', '10.0.0.1'));
    expect(Math.max(...states.map((state) => state.numFailures))).toBe(3);
    const found = await on(1).get(realm, 'u');
    expect(found).toMatchObject({ numFailures: 3, lastIPFailure: '10.0.0.1' });
    expect(found?.failedLoginNotBefore).toBeGreaterThan(bed.clock.nowSeconds() + 90);
  });

  it('lets no more tries begin at once on all nodes than may fail before the next lock', async () => {
    const realm = ownRealm({ ...counting, failureFactor: 4, waitIncrementSeconds: 100 });
    const begin = (index: number) => on(index).count(realm, 'u', '10.0.0.1', { kind: 'begin', tryId: `try-${index}` });
    const verdicts = (await atOnce(12, begin)).map(({ verdict }) => verdict);
    expect(verdicts.filter((verdict) => verdict === 'go')).toHaveLength(4);
    expect(verdicts.filter((verdict) => verdict === 'busy')).toHaveLength(8);
    const begun = verdicts.flatMap((verdict, index) => (verdict === 'go' ? [index] : []));
    for (const index of begun) await on(index + 1).count(realm, 'u', '10.0.0.1', { kind: 'fail', tryId: `try-${index}` });
    expect(await on(0).get(realm, 'u')).toMatchObject({ numFailures: 4 });
    expect((await begin(13)).verdict).toBe('locked');
  });

  it('holds nothing against a user who got in', async () => {
    const realm = ownRealm(counting);
    await fail(0, realm, 'u', '10.0.0.1');
    await on(1).count(realm, 'u', '10.0.0.1', { kind: 'begin', tryId: 'a' });
    expect(await on(0).count(realm, 'u', '10.0.0.1', { kind: 'succeed', tryId: 'a' })).toEqual({ failure: undefined, verdict: 'go' });
    expect(await on(1).get(realm, 'u')).toBeUndefined();
  });

  it('clears one user or a whole realm, and no other', async () => {
    const [realm, other] = [ownRealm(counting), ownRealm(counting)];
    for (const user of ['a', 'b', 'c']) await fail(0, realm, user, '10.0.0.1');
    await fail(0, other, 'a', '10.0.0.1');
    await on(1).clear(realm, 'a');
    expect(await on(0).get(realm, 'a')).toBeUndefined();
    expect((await on(0).get(realm, 'b'))?.numFailures).toBe(1);
    expect((await fail(1, realm, 'a', '10.0.0.1')).numFailures).toBe(1);
    await on(1).clearAll(realm);
    expect([await on(0).get(realm, 'a'), await on(0).get(realm, 'b'), await on(1).get(realm, 'c')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect((await on(1).get(other, 'a'))?.numFailures).toBe(1);
  });
}

/** What time does to counters. */
export function loginFailuresTimes(bed: OpenBed): void {
  const on = (index: number) => bed.node(index).loginFailures;
  const fail = failing(bed);

  it('forgets a user after the time in which failures count, but not while he is locked (Keycloak #44801)', async () => {
    const realm = ownRealm({ ...counting, maxDeltaTimeSeconds: 2, failureFactor: 2, waitIncrementSeconds: 600 });
    await fail(0, realm, 'once', '10.0.0.1');
    for (let count = 0; count < 2; count += 1) await fail(count, realm, 'locked', '10.0.0.1');
    await bed.advance(3.1);
    expect(await on(1).get(realm, 'once')).toBeUndefined();
    expect((await on(1).get(realm, 'locked'))?.numFailures).toBe(2);
    expect((await fail(0, realm, 'once', '10.0.0.1')).numFailures).toBe(1);
  });
}
