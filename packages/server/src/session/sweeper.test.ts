import { describe, expect, it } from 'vitest';
import { realmFixture } from '../testing/fixtures.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { newClientSession, newSession, openSessions } from '../testing/sessions-testbed.ts';
import { sweepBounds, sweepSessions } from './sweeper.ts';

describe('the sweeper of expired sessions', () => {
  it('removes what is over, batch by batch, reports each and leaves the rest', async () => {
    const bed = openSessions(1);
    const { realm, client, clock, store } = bed;
    const now = clock.nowSeconds();
    const old = { started: now - 10_000, lastSessionRefresh: now - realm.ssoSessionIdleTimeout - 181 };
    for (let count = 0; count < 1_200; count += 1) await store.flush([{ kind: 'insert-session', session: newSession(bed, old) }]);
    const living = newSession(bed);
    const offline = newSession(bed, { ...old, offline: true });
    for (const session of [living, offline]) await bed.node(0).create(realm, session, newClientSession(session, client));
    const expired: string[] = [];
    const pauses: number[] = [];
    const realms = { list: async () => [realm] };
    const revokedTokens = { removeExpired: async () => 0 };
    const stores = { sessions: store, realms, revokedTokens } as unknown as Parameters<typeof sweepSessions>[0]['stores'];
    const options = {
      stores,
      clock,
      logger: quietLogger,
      onExpired: async (_: unknown, sessions: readonly { id: string }[]) => void expired.push(...sessions.map(({ id }) => id)),
      pause: async (ms: number) => void pauses.push(ms),
    };
    expect(await sweepSessions(options, new AbortController().signal)).toBe(1_200);
    expect(new Set(expired).size).toBe(1_200);
    expect(pauses).toHaveLength(2);
    expect([...store.rows.values()].map((row) => row.session.id).toSorted()).toEqual([living.id, offline.id].toSorted());
  });

  it('goes by the idle time and the maximum of each kind, with three minutes of grace', () => {
    const realm = realmFixture({
      ssoSessionIdleTimeout: 100,
      ssoSessionMaxLifespan: 1_000,
      rememberMe: true,
      ssoSessionMaxLifespanRememberMe: 5_000,
    });
    expect(sweepBounds(realm, false, false, 10_000)).toMatchObject({ idleBefore: 9_720, startedBefore: 8_820 });
    expect(sweepBounds(realm, false, true, 10_000)).toMatchObject({ idleBefore: 9_720, startedBefore: 4_820 });
    expect(sweepBounds(realm, true, false, 10_000)).toMatchObject({ startedBefore: 0 });
  });

  it('removes remembered sessions of a realm that remembers nobody any more', () => {
    expect(sweepBounds(realmFixture({ rememberMe: false }), false, true, 10_000)).toMatchObject({
      idleBefore: 10_001,
      startedBefore: 10_001,
    });
  });
});
