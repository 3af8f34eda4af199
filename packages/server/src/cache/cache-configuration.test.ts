import { describe, expect, it } from 'vitest';
import { type CacheOptionsGiven, configureCaches } from './cache-configuration.ts';
import { cacheNames } from './cache-names.ts';

const persistent: CacheOptionsGiven = { mode: 'ispn', persistentUserSessions: true };
const volatile: CacheOptionsGiven = { mode: 'ispn', persistentUserSessions: false };

describe('effective configuration of the caches', () => {
  it('gives the thirteen caches the modes, owners and bounds of the guide', () => {
    const { caches, information, errors } = configureCaches(persistent);
    expect(cacheNames).toHaveLength(13);
    expect([information, errors]).toEqual([[], []]);
    for (const name of ['realms', 'users', 'authorization'] as const)
      expect(caches[name]).toMatchObject({ mode: 'local', maxCount: 10_000 });
    expect(caches.keys).toMatchObject({ mode: 'local', maxCount: 1_000, maxIdleSeconds: 3_600, lifespanSeconds: undefined });
    expect(caches.crl).toMatchObject({ mode: 'local', maxCount: 1_000 });
    expect(caches.work).toMatchObject({ mode: 'replicated', owners: undefined, maxCount: undefined });
    for (const name of ['authenticationSessions', 'loginFailures', 'actionTokens'] as const) {
      expect(caches[name]).toMatchObject({ mode: 'distributed', owners: 2, maxCount: undefined, stateTransfer: true });
    }
    for (const name of ['sessions', 'clientSessions', 'offlineSessions', 'offlineClientSessions'] as const) {
      expect(caches[name]).toMatchObject({ mode: 'distributed', owners: 1, maxCount: 10_000, stateTransfer: false });
    }
  });

  it('keeps volatile sessions twice and unbounded, and offline sessions in the database', () => {
    const { caches } = configureCaches(volatile);
    expect(caches.sessions).toMatchObject({ owners: 2, maxCount: undefined, stateTransfer: true });
    expect(caches.clientSessions).toMatchObject({ owners: 2, maxCount: undefined, stateTransfer: true });
    expect(caches.offlineSessions).toMatchObject({ owners: 1, maxCount: 10_000, stateTransfer: false });
  });

  it('runs every cache on this node alone with cache=local', () => {
    const { caches } = configureCaches({ ...persistent, mode: 'local' });
    expect(cacheNames.map((name) => caches[name].mode)).toEqual(cacheNames.map(() => 'local'));
    expect(caches.authenticationSessions).toMatchObject({ owners: 1, stateTransfer: false });
  });

  it('raises owners under the floor, and says so', () => {
    const { caches, information } = configureCaches({ ...persistent, owners: { loginFailures: 1, authenticationSessions: 3 } });
    expect(caches.loginFailures.owners).toBe(2);
    expect(caches.authenticationSessions.owners).toBe(3);
    expect(information).toEqual(["Setting num_owners=2 (configured value is 1) for cache 'loginFailures' to prevent data loss."]);
  });

  it('keeps one owner of what stands in the database, and says so', () => {
    const { caches, information } = configureCaches({ ...persistent, owners: { sessions: 2, offlineSessions: 1 } });
    expect([caches.sessions.owners, caches.offlineSessions.owners]).toEqual([1, 1]);
    expect(information).toEqual(["Setting num_owners=1 (configured value is 2) for cache 'sessions': its entries stand in the database."]);
  });

  it('raises one owner of volatile sessions to two', () => {
    const { caches, information } = configureCaches({ ...volatile, owners: { sessions: 1, clientSessions: 3 } });
    expect([caches.sessions.owners, caches.clientSessions.owners]).toEqual([2, 3]);
    expect(information).toEqual([
      'Persistent user sessions disabled with number of owners set to default value 1 for cache sessions and no shared persistence store configured. Setting num_owners=2 to avoid data loss.',
    ]);
  });

  it('takes the owners of old container images for the caches that they used to set', () => {
    const { caches, information } = configureCaches({
      ...persistent,
      legacyOwners: { CACHE_OWNERS_COUNT: 3, CACHE_OWNERS_AUTH_SESSIONS_COUNT: 1 },
    });
    expect([caches.loginFailures.owners, caches.actionTokens.owners, caches.authenticationSessions.owners, caches.sessions.owners]).toEqual(
      [3, 3, 2, 1],
    );
    expect(information).toContain("Setting num_owners=2 (configured value is 1) for cache 'authenticationSessions' to prevent data loss.");
  });

  it('prefers the option over the old variable, and names both', () => {
    const { caches, information } = configureCaches({
      ...persistent,
      owners: { actionTokens: 2 },
      legacyOwners: { CACHE_OWNERS_COUNT: 3 },
    });
    expect(caches.actionTokens.owners).toBe(2);
    expect(information).toContain(
      "Both 'spi-cache-embedded--default--action-tokens-owners' (2) and 'CACHE_OWNERS_COUNT' (3) set the owners of cache 'actionTokens': the option counts. Unset the variable, which only old container images read.",
    );
  });

  it.each([0, -1, 17, 1.5, Number.NaN])('refuses %s owners', (value) => {
    const { errors } = configureCaches({ ...persistent, owners: { actionTokens: value } });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(
      `'spi-cache-embedded--default--action-tokens-owners': ${value}. Cache 'actionTokens' can have 1 to 16 owners`,
    );
  });

  it('takes bounds of caches that may have one', () => {
    const { caches, information } = configureCaches({ ...persistent, maxCounts: { realms: 50, sessions: 20_000, crl: 3 } });
    expect([caches.realms.maxCount, caches.sessions.maxCount, caches.crl.maxCount]).toEqual([50, 20_000, 3]);
    expect(information).toEqual([]);
  });

  it('keeps the default bound where a negative one is given', () => {
    const { caches, information } = configureCaches({ ...persistent, maxCounts: { users: -1 } });
    expect(caches.users.maxCount).toBe(10_000);
    expect(information).toEqual(["Ignoring unbounded max-count for cache 'users', reverting to default max of 10000 entries."]);
  });

  it('keeps the default bound of sessions where a negative one is given, in the words that the original has for them', () => {
    const online = configureCaches({ ...persistent, maxCounts: { sessions: -1 } });
    expect([online.caches.sessions.maxCount, online.information]).toEqual([
      10_000,
      ['Persistent user sessions enabled and no memory limit found in configuration. Setting max entries for sessions to 10000 entries.'],
    ]);
    const offline = configureCaches({ ...volatile, maxCounts: { offlineSessions: -1 } });
    expect([offline.caches.offlineSessions.maxCount, offline.information]).toEqual([
      10_000,
      [
        'Offline sessions should have a max count set to avoid excessive memory usage. Setting a default cache limit of 10000 for cache offlineSessions.',
      ],
    ]);
  });

  it('ignores bounds of volatile sessions in the words of the original, and keeps those of offline sessions', () => {
    const { caches, information } = configureCaches({ ...volatile, maxCounts: { sessions: 5, offlineSessions: 7 } });
    expect([caches.sessions.maxCount, caches.offlineSessions.maxCount]).toEqual([undefined, 7]);
    expect(information).toEqual([
      'Persistent user sessions disabled and memory limit is set. Ignoring cache limits to avoid losing sessions for cache sessions.',
    ]);
  });

  it('refuses to bound a cache whose entries are the only copy', () => {
    const { errors } = configureCaches({ ...persistent, maxCounts: { loginFailures: 10 } });
    expect(errors).toEqual([
      "Cache 'loginFailures' may not be bounded: dropping its entries would lose data. Remove the option 'cache-embedded-login-failures-max-count' (value 10).",
    ]);
  });

  it('takes lifespans of realms, users and authorization, where nothing or less means for ever', () => {
    const { caches, information, errors } = configureCaches({
      ...persistent,
      lifespansSeconds: { realms: 60, users: 0, authorization: -5 },
    });
    expect([caches.realms.lifespanSeconds, caches.users.lifespanSeconds, caches.authorization.lifespanSeconds]).toEqual([
      60,
      undefined,
      undefined,
    ]);
    expect(information).toEqual([
      "Option 'spi-cache-embedded--default--authorization-lifespan' has the value -5: entries of cache 'authorization' do not expire. Set a duration above 0, such as 1h, or leave the option out.",
    ]);
    expect(errors).toEqual([]);
    expect(configureCaches({ ...persistent, lifespansSeconds: { sessions: 5 } }).errors).toHaveLength(1);
  });

  it('names a cache that does not exist, and one that has no owners', () => {
    const owners = { work: 2, sesions: 2 } as CacheOptionsGiven['owners'];
    const { errors } = configureCaches({ ...persistent, owners, maxCounts: { user: 3 } as CacheOptionsGiven['maxCounts'] });
    expect(errors).toHaveLength(3);
    expect(errors.join('\n')).toMatch(/cache 'work' is not distributed[\s\S]*no cache 'sesions'[\s\S]*cache 'user', which does not exist/);
  });

  it('read what is cached of the database anew after an hour with the grid off, or after the lifespan that is set', () => {
    const { caches } = configureCaches({ mode: 'local', persistentUserSessions: true, stateless: true, lifespansSeconds: { users: 60 } });
    expect([caches.realms, caches.users, caches.authorization].map((cache) => cache.lifespanSeconds)).toEqual([3_600, 60, 3_600]);
    expect([caches.keys, caches.sessions].map((cache) => cache.lifespanSeconds)).toEqual([undefined, undefined]);
  });
});
