/** Caches as callers see them. Calls are bounded in time (10 s) and end in an answer or in a `GridError` with a code. */

/** How a cache's values become bytes. The first byte of the encoded form is the schema version. */
export interface Codec<V> {
  encode(value: V): Uint8Array;
  decode(bytes: Uint8Array): V;
}

/**
 * - `distributed`: each entry on `owners` members, read and written at its primary.
 * - `replicated`: a copy on every member, read from the own one.
 * - `local`: on this member alone.
 * - `invalidation`: each member keeps what it loaded itself; a write or removal drops the copies of all others before it returns.
 */
export type CacheMode = 'distributed' | 'replicated' | 'local' | 'invalidation';

export interface CacheOptions<V> {
  /** `distributed` (default), `replicated`, `local` or `invalidation`. */
  readonly mode?: CacheMode | undefined;
  /** Copies of each entry, 1 to 16; default 2. A cluster with fewer members has one on each. One owner is for data that stands in a database. */
  readonly owners?: number | undefined;
  /** Default lifespan of an entry in milliseconds; undefined or -1 = immortal. */
  readonly lifespanMs?: number | undefined;
  /** Default idle time in milliseconds; undefined or -1 = none. */
  readonly maxIdleMs?: number | undefined;
  /** Entries a node may hold; only where `owners` is 1 or the mode is local or invalidation. SIEVE eviction. */
  readonly maxCount?: number | undefined;
  /** False: a joiner starts empty and the loader fills it (database-backed caches). Default true where owners >= 2. */
  readonly stateTransfer?: boolean | undefined;
  /** Default: MessagePack of plain values. */
  readonly codec?: Codec<V> | undefined;
  /** Named functions that run once on the primary; registered alike on all members. */
  readonly updates?: Readonly<Record<string, UpdateFunction<V>>> | undefined;
  /** The part of the key that decides the segment (grouping: equal parts live on the same members); default the whole key. */
  readonly partitionKey?: ((key: string) => string) | undefined;
}

/** Options of a cache of whatever values: where caches of several kinds stand in one list. */
export interface AnyCacheOptions extends Omit<CacheOptions<unknown>, 'updates'> {
  readonly updates?: Readonly<Record<string, AnyUpdateFunction>> | undefined;
}

/** A method may ask for more than it is given, as far as the compiler is concerned: that lets a function of any value be one of these. */
export type AnyUpdateFunction = { run(current: unknown, argument: unknown, nowMs: number): UpdateResult<unknown> }['run'];

/** Pure: it may be given nothing but its arguments. `nowMs` is grid time. */
export type UpdateFunction<V> = (current: V | undefined, argument: unknown, nowMs: number) => UpdateResult<V>;

export interface UpdateResult<V> {
  /** 'keep' leaves the entry as it is, undefined removes it. */
  readonly value: V | undefined | 'keep';
  /** What the caller gets; encoded with msgpackr. */
  readonly result: unknown;
  readonly lifespanMs?: number | undefined;
}

/** How long a caller waits. Whoever no longer waits gets GRID_ABORTED; a write may still take effect. */
export interface CallOptions {
  /** The caller waits no longer than until it is aborted; its reason is the cause of the error. */
  readonly signal?: AbortSignal | undefined;
  /** The caller waits no longer than this, to about 50 ms. Costs nothing, unlike a signal with a timer. */
  readonly waitMs?: number | undefined;
}

/** What a write may say beside its value; what is missing is the cache's default. */
export interface EntryOptions extends CallOptions {
  /** -1 = immortal, 0 = gone at once. */
  readonly lifespanMs?: number | undefined;
  /** -1 = none. */
  readonly maxIdleMs?: number | undefined;
}

/** An entry with its version, for the versioned conditional operations. */
export interface Versioned<V> {
  readonly value: V;
  /** Opaque; equal if and only if nothing was written in between. */
  readonly version: string;
}

export interface ScanOptions extends CallOptions {
  /** Where an earlier page ended, on this or any other member; undefined = from the beginning. */
  readonly cursor?: string | undefined;
  /** Entries wanted, 1 to 1,000; default 200. A page may hold fewer, and a few more where hashes of keys collide. */
  readonly limit?: number | undefined;
}

/** One page of an iteration. */
export interface Page<K extends string, V> {
  readonly entries: readonly (readonly [K, V])[];
  /** Where the next page begins; undefined = this was the last one. Plain text that may be kept and used on any member. */
  readonly cursor: string | undefined;
}

export interface IterationOptions extends CallOptions {
  /** Entries fetched in one go, 1 to 1,000; default 200. */
  readonly batchSize?: number | undefined;
}

/**
 * A named cache. Keys are strings of at most 1,024 UTF-16 units (`K` may narrow them to a template or a brand), values at most 512 KB encoded
 * and never undefined.
 */
export interface Cache<K extends string, V> {
  /** As it was opened. */
  readonly name: string;
  /** The value, or undefined where there is none. */
  get(key: K, options?: CallOptions): Promise<V | undefined>;
  /** The value with its version, for `replaceIfVersion` and `removeIfVersion`. */
  getVersioned(key: K, options?: CallOptions): Promise<Versioned<V> | undefined>;
  /** What is there of `keys`; each is read on its own, so the whole is no snapshot. */
  getAll(keys: Iterable<K>, options?: CallOptions): Promise<Map<K, V>>;
  /**
   * The entry, or what `load` makes, which is then stored unless somebody stored something meanwhile. Callers on one member share one load.
   * In an invalidation cache what was loaded is not kept if the key was invalidated while the load was under way.
   */
  getOrLoad(key: K, load: (key: K) => Promise<V | undefined>, options?: EntryOptions): Promise<V | undefined>;
  /** Stores, whatever was there. */
  put(key: K, value: V, options?: EntryOptions): Promise<void>;
  /** The value that stands there already, or undefined if this call put it. */
  putIfAbsent(key: K, value: V, options?: EntryOptions): Promise<V | undefined>;
  /** False if there was nothing to replace. */
  replace(key: K, value: V, options?: EntryOptions): Promise<boolean>;
  /** Stores only over exactly what the caller read. */
  replaceIfVersion(key: K, value: V, version: string, options?: EntryOptions): Promise<boolean>;
  /** False if there was nothing to remove. */
  remove(key: K, options?: CallOptions): Promise<boolean>;
  /** Removes only exactly what the caller read. */
  removeIfVersion(key: K, version: string, options?: CallOptions): Promise<boolean>;
  /** Of any number of racing callers exactly one gets the value. */
  getAndRemove(key: K, options?: CallOptions): Promise<V | undefined>;
  /** A use for max-idle and nothing else, as is every other operation on the key; iterations and `size` are none. False if absent. */
  touch(key: K, options?: CallOptions): Promise<boolean>;
  /** Runs the registered function `name` once, on the primary. */
  update<R>(key: K, name: string, argument: unknown, options?: EntryOptions): Promise<R>;
  /** Removes what an iteration finds; what others put meanwhile may stay. */
  clear(options?: CallOptions): Promise<void>;
  /** Entries in the cluster (primaries only); in a local or invalidation cache those of this member. */
  size(options?: CallOptions): Promise<number>;
  /** One page of an iteration that can be resumed later and elsewhere. Each key that stays is seen at least once; not a snapshot. */
  scan(options?: ScanOptions): Promise<Page<K, V>>;
  /** Each key at least once, over changes of primaries; not a snapshot. `for await (const [key, value] of cache)` does the same. */
  entries(options?: IterationOptions): AsyncIterableIterator<readonly [K, V]>;
  /** The keys alone, as `entries` gives them. */
  keys(options?: IterationOptions): AsyncIterableIterator<K>;
  /** As `entries()`. */
  [Symbol.asyncIterator](): AsyncIterator<readonly [K, V]>;
  /** Whether this member is primary of the key now (affinity); in a replicated or local cache always true. */
  isPrimary(key: K): boolean;
  /** Node name of the primary. */
  primaryOf(key: K): string | undefined;
  /** Local events of this member's own copies, in order, after the fact. A listener that throws is logged. */
  on(event: CacheEvent, listener: (key: K) => void): Disposable;
  /** What this member's callers did, and what it holds. */
  readonly statistics: CacheStatistics;
}

/** Local events of this member's own copies. */
export type CacheEvent = 'stored' | 'removed' | 'expired' | 'evicted';

/** How an operation ended: a read or removal that found an entry or not, or a write. */
export type CountedKind = 'hit' | 'miss' | 'store' | 'removeHit' | 'removeMiss';

/** Counters since start; times are sums in milliseconds. */
export interface CacheStatistics {
  readonly hits: number;
  readonly misses: number;
  readonly stores: number;
  readonly removeHits: number;
  readonly removeMisses: number;
  readonly evictions: number;
  readonly expirations: number;
  readonly hitTimeMs: number;
  readonly missTimeMs: number;
  readonly storeTimeMs: number;
  readonly removeHitTimeMs: number;
  readonly removeMissTimeMs: number;
  /** Copies held by this member, backups included. */
  readonly entries: number;
  /** Copies of which this member is primary. */
  readonly entriesUnique: number;
  /** Answers of other members: to operations sent to their primaries, and to writes that were replicated. */
  readonly remoteCalls: number;
  readonly remoteTimeMs: number;
  /** Operations that ended without an answer, and writes undone because this member lost the segment meanwhile. */
  readonly remoteFailures: number;
  /** Writes of which this member is the primary and that its backups have not acknowledged yet. */
  readonly writesPending: number;
  /** Segments of the cache that are being copied to this member. */
  readonly segmentsAwaited: number;
}
