/** What holds the truth of a cache, and so what may be lost with it. */
export type CacheTruth = 'database' | 'outside' | 'memory' | 'messages';

/** One of the caches of the guide "Configuring distributed caches". */
export interface CacheDeclaration {
  readonly kind: 'local' | 'replicated' | 'distributed';
  readonly truth: CacheTruth;
  /** Default bound of entries per node; undefined = unbounded. */
  readonly maxCount?: number;
  /** Never fewer owners than this; undefined where losing a copy loses nothing. */
  readonly minimumOwners?: number;
  readonly maxIdleSeconds?: number;
  /** Whether `cache-embedded-<name>-max-count` exists. */
  readonly boundable: boolean;
  /** Whether `<name>-lifespan` exists. */
  readonly lifespanOption?: boolean;
  /** One of the four caches of user and client sessions. */
  readonly sessions?: 'online' | 'offline';
}

/** The thirteen caches, in the order in which the guide lists them. */
export const caches = {
  realms: { kind: 'local', truth: 'database', maxCount: 10_000, boundable: true, lifespanOption: true },
  users: { kind: 'local', truth: 'database', maxCount: 10_000, boundable: true, lifespanOption: true },
  authorization: { kind: 'local', truth: 'database', maxCount: 10_000, boundable: true, lifespanOption: true },
  keys: { kind: 'local', truth: 'outside', maxCount: 1_000, maxIdleSeconds: 3_600, boundable: true },
  crl: { kind: 'local', truth: 'outside', maxCount: 1_000, boundable: true },
  work: { kind: 'replicated', truth: 'messages', boundable: false },
  authenticationSessions: { kind: 'distributed', truth: 'memory', minimumOwners: 2, boundable: false },
  sessions: { kind: 'distributed', truth: 'database', maxCount: 10_000, boundable: true, sessions: 'online' },
  clientSessions: { kind: 'distributed', truth: 'database', maxCount: 10_000, boundable: true, sessions: 'online' },
  offlineSessions: { kind: 'distributed', truth: 'database', maxCount: 10_000, boundable: true, sessions: 'offline' },
  offlineClientSessions: { kind: 'distributed', truth: 'database', maxCount: 10_000, boundable: true, sessions: 'offline' },
  loginFailures: { kind: 'distributed', truth: 'memory', minimumOwners: 2, boundable: false },
  actionTokens: { kind: 'distributed', truth: 'memory', minimumOwners: 2, boundable: false },
} as const satisfies Readonly<Record<string, CacheDeclaration>>;

export type CacheName = keyof typeof caches;

export const cacheNames = Object.keys(caches) as readonly CacheName[];

/** Owners that `--spi-cache-embedded--default--<cache>-owners` may set. */
export const clusteredCacheNames = cacheNames.filter((name) => caches[name].kind === 'distributed');

/** What legacy variable sets the owners of which caches (container images of old, still in many deployments). */
export const legacyOwners = {
  CACHE_OWNERS_COUNT: ['sessions', 'clientSessions', 'offlineSessions', 'offlineClientSessions', 'loginFailures', 'actionTokens'],
  CACHE_OWNERS_AUTH_SESSIONS_COUNT: ['authenticationSessions'],
} as const satisfies Readonly<Record<string, readonly CacheName[]>>;

export type LegacyOwnersVariable = keyof typeof legacyOwners;
