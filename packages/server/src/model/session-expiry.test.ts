import { describe, expect, it } from 'vitest';
import { clientFixture, clientSessionFixture, realmFixture, sessionFixture, userFixture } from '../testing/fixtures.ts';
import {
  accessTokenSeconds,
  clientSessionExpiry,
  clientSessionIdleExpiry,
  clientSessionMaxExpiry,
  isClientSessionExpired,
  isUserSessionExpired,
  userSessionExpiry,
} from './session-expiry.ts';

const t0 = 1_800_000_000;

function world(realmOverrides = {}, clientAttributes = {}, sessionOverrides = {}) {
  const realm = realmFixture(realmOverrides);
  const client = clientFixture(realm, { attributes: clientAttributes });
  const session = sessionFixture(realm, userFixture(realm), { started: t0, lastSessionRefresh: t0, ...sessionOverrides });
  return { realm, client, session, clientSession: clientSessionFixture(session, client, { started: t0 + 10, timestamp: t0 + 10 }) };
}

describe('user sessions', () => {
  it('end at the idle timeout when nobody touches them', () => {
    const { realm, session } = world();
    expect(userSessionExpiry(realm, session)).toBe(t0 + 1800);
    expect(isUserSessionExpired(realm, session, t0 + 1799)).toBe(false);
    expect(isUserSessionExpired(realm, session, t0 + 1800)).toBe(true);
  });

  it('end at the maximum however often they are touched', () => {
    const { realm, session } = world({}, {}, { lastSessionRefresh: t0 + 35_900 });
    expect(userSessionExpiry(realm, session)).toBe(t0 + 36_000);
  });

  it('live longer when remembered, and never shorter than the plain values', () => {
    const longer = world(
      { rememberMe: true, ssoSessionIdleTimeoutRememberMe: 90_000, ssoSessionMaxLifespanRememberMe: 100_000 },
      {},
      { rememberMe: true },
    );
    expect(userSessionExpiry(longer.realm, longer.session)).toBe(t0 + 90_000);
    const shorter = world({ rememberMe: true, ssoSessionIdleTimeoutRememberMe: 5 }, {}, { rememberMe: true });
    expect(userSessionExpiry(shorter.realm, shorter.session)).toBe(t0 + 1800);
  });

  it('are over once the realm stops remembering, unless offline', () => {
    const online = world({ rememberMe: false }, {}, { rememberMe: true });
    expect(isUserSessionExpired(online.realm, online.session, t0)).toBe(true);
    const offline = world({ rememberMe: false }, {}, { rememberMe: true, offline: true });
    expect(isUserSessionExpired(offline.realm, offline.session, t0)).toBe(false);
  });

  it('know no maximum when offline, unless the realm sets one', () => {
    const free = world({}, {}, { offline: true, lastSessionRefresh: t0 + 10 ** 9 });
    expect(userSessionExpiry(free.realm, free.session)).toBe(t0 + 10 ** 9 + 2_592_000);
    const bound = world({ offlineSessionMaxLifespanEnabled: true }, {}, { offline: true, lastSessionRefresh: t0 + 5_000_000 });
    expect(userSessionExpiry(bound.realm, bound.session)).toBe(t0 + 5_184_000);
  });
});

describe('client sessions', () => {
  it('follow the user session by default', () => {
    const { realm, client, session, clientSession } = world();
    expect(clientSessionMaxExpiry(realm, client, session, clientSession)).toBe(t0 + 36_000);
    expect(clientSessionIdleExpiry(realm, client, session, clientSession)).toBe(t0 + 10 + 1800);
  });

  it('take the realm setting before the session setting and the client attribute before both', () => {
    const byRealm = world({ clientSessionIdleTimeout: 600, clientSessionMaxLifespan: 700 });
    expect(clientSessionExpiry(byRealm.realm, byRealm.client, byRealm.session, byRealm.clientSession)).toBe(t0 + 610);
    const byClient = world(
      { clientSessionIdleTimeout: 600, clientSessionMaxLifespan: 700 },
      { 'client.session.idle.timeout': '60', 'client.session.max.lifespan': '50' },
    );
    expect(clientSessionExpiry(byClient.realm, byClient.client, byClient.session, byClient.clientSession)).toBe(t0 + 60);
    expect(isClientSessionExpired(byClient.realm, byClient.client, byClient.session, byClient.clientSession, t0 + 60)).toBe(true);
  });

  it('never outlive the user session', () => {
    const { realm, client, session, clientSession } = world({ clientSessionMaxLifespan: 99_999 });
    expect(clientSessionMaxExpiry(realm, client, session, clientSession)).toBe(t0 + 36_000);
  });

  it('have their own offline settings', () => {
    const { realm, client, session, clientSession } = world(
      { offlineSessionMaxLifespanEnabled: true, clientOfflineSessionMaxLifespan: 100, clientOfflineSessionIdleTimeout: 90 },
      {},
      { offline: true },
    );
    expect(clientSessionMaxExpiry(realm, client, session, clientSession)).toBe(t0 + 110);
    expect(clientSessionIdleExpiry(realm, client, session, clientSession)).toBe(t0 + 100);
  });
});

describe('access tokens', () => {
  it('live as the realm says, or the client', () => {
    expect(accessTokenSeconds(realmFixture(), clientFixture(realmFixture()), undefined, t0)).toBe(300);
    const { realm, client } = world({}, { 'access.token.lifespan': '42' });
    expect(accessTokenSeconds(realm, client, undefined, t0)).toBe(42);
    expect(accessTokenSeconds(realm, client, undefined, t0, true)).toBe(900);
  });

  it('never outlive the session', () => {
    const pair = world();
    expect(accessTokenSeconds(pair.realm, pair.client, pair, t0 + 35_900)).toBe(100);
    expect(accessTokenSeconds(pair.realm, pair.client, pair, t0 + 40_000)).toBe(0);
  });

  it('live as long as the session when the client says -1', () => {
    const pair = world({}, { 'access.token.lifespan': '-1' });
    expect(accessTokenSeconds(pair.realm, pair.client, pair, t0 + 1000)).toBe(35_000);
    const offline = world({}, { 'access.token.lifespan': '-1' }, { offline: true });
    expect(accessTokenSeconds(offline.realm, offline.client, offline, t0)).toBe(300);
  });
});
