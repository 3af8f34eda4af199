import { describe, expect, it } from 'vitest';
import { isUserSessionExpired } from '../model/session-expiry.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { livingBounds } from './living-bounds.ts';

const now = 1_800_000_000;

describe('the bounds of living sessions', () => {
  const realm = realmFixture({
    ssoSessionIdleTimeout: 100,
    ssoSessionMaxLifespan: 1_000,
    rememberMe: true,
    ssoSessionIdleTimeoutRememberMe: 300,
    ssoSessionMaxLifespanRememberMe: 5_000,
    offlineSessionIdleTimeout: 10_000,
  });
  const kinds = [true, false].flatMap((offline) => [true, false].map((rememberMe) => ({ offline, rememberMe })));

  it.each([realm, { ...realm, rememberMe: false }, { ...realm, offlineSessionMaxLifespanEnabled: true, offlineSessionMaxLifespan: 9_000 }])(
    'agree with what is said of each session, to the second',
    (one) => {
      for (const kind of kinds) {
        const { refreshedAfter, startedAfter } = livingBounds(one, kind.offline, kind.rememberMe, now);
        for (const idle of [0, 99, 100, 299, 300, 9_999, 10_000])
          for (const age of [0, 999, 1_000, 4_999, 5_000, 8_999, 9_000, now - 1]) {
            const session = { ...kind, started: now - age, lastSessionRefresh: now - Math.min(idle, age) };
            const lives = session.lastSessionRefresh > refreshedAfter && session.started > startedAfter;
            expect([kind, idle, age, lives]).toEqual([kind, idle, age, !isUserSessionExpired(one, session, now)]);
          }
      }
    },
  );

  it('are times that the tables can hold', () => {
    const centuries = realmFixture({ ssoSessionIdleTimeout: 2 ** 31 - 1, ssoSessionMaxLifespan: 2 ** 31 - 1, rememberMe: false });
    for (const { offline, rememberMe } of kinds)
      for (const bound of Object.values(livingBounds(centuries, offline, rememberMe, now))) {
        expect(Number.isInteger(bound)).toBe(true);
        expect(bound).toBeGreaterThanOrEqual(-1);
        expect(bound).toBeLessThan(2 ** 31);
      }
  });
});
