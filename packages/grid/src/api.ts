import type { ClientConfig } from 'pg';

/**
 * The public face of the grid. A Node program starts one `Grid`, opens caches by name, and gets the same answers on every member.
 * Everything here is safe to call from any member; calls are bounded in time (10 s) and end in an answer or a `GridError` with a code.
 */

/** How a cache's values become bytes. The first byte of the encoded form is the schema version. */
export interface Codec<V> {
  encode(value: V): Uint8Array;
  decode(bytes: Uint8Array): V;
}

export type CacheMode = 'distributed' | 'replicated' | 'local' | 'invalidation';

export interface CacheOptions<V> {
  readonly mode?: CacheMode | undefined;
  /** Copies of each entry, 1..n; default 2. One owner is for data that stands in a database. */
  readonly owners?: number | undefined;
  /** Default lifespan of an entry in milliseconds; undefined or -1 = immortal. */
  readonly lifespanMs?: number | undefined;
  /** Default idle time in milliseconds. */
  readonly maxIdleMs?: number | undefined;
  /** Entries a node may hold; only where `owners` is 1 or the mode is local. SIEVE eviction. */
  readonly maxCount?: number | undefined;
  /** False: a joiner starts empty and the loader fills it (database-backed caches). Default true where owners >= 2. */
  readonly stateTransfer?: boolean | undefined;
  readonly codec?: Codec<V> | undefined;
  /** Named functions that run once on the primary; registered alike on all members. */
  readonly updates?: Readonly<Record<string, UpdateFunction<V>>> | undefined;
  /** The part of the key that decides the segment (grouping); default the whole key. */
  readonly partitionKey?: ((key: string) => string) | undefined;
}

/** Pure: it may be given nothing but its arguments. `nowMs` is grid time. */
export type UpdateFunction<V> = (current: V | undefined, argument: unknown, nowMs: number) => UpdateResult<V>;

export interface UpdateResult<V> {
  /** 'keep' leaves the entry as it is, undefined removes it. */
  readonly value: V | undefined | 'keep';
  /** What the caller gets; encoded with msgpackr. */
  readonly result: unknown;
  readonly lifespanMs?: number | undefined;
}

export interface EntryOptions {
  readonly lifespanMs?: number | undefined;
  readonly maxIdleMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The caller waits no longer than this, to about 50 ms (GRID_ABORTED; a write may still take effect). Costs nothing, unlike a signal with a timer. */
  readonly waitMs?: number | undefined;
}

/** An entry with its version, for the versioned conditional operations. */
export interface Versioned<V> {
  readonly value: V;
  /** Opaque; equal if and only if nothing was written in between. */
  readonly version: string;
}

/** A named cache. Keys are strings of at most 1,024 UTF-16 units, values at most 512 KB encoded. */
export interface Cache<V> {
  readonly name: string;
  get(key: string, options?: { signal?: AbortSignal; waitMs?: number }): Promise<V | undefined>;
  getVersioned(key: string): Promise<Versioned<V> | undefined>;
  getAll(keys: readonly string[]): Promise<Map<string, V>>;
  put(key: string, value: V, options?: EntryOptions): Promise<void>;
  /** The value that stands there already, or undefined if this call put it. */
  putIfAbsent(key: string, value: V, options?: EntryOptions): Promise<V | undefined>;
  /** False if there was nothing to replace. */
  replace(key: string, value: V, options?: EntryOptions): Promise<boolean>;
  replaceIfVersion(key: string, value: V, version: string, options?: EntryOptions): Promise<boolean>;
  remove(key: string): Promise<boolean>;
  removeIfVersion(key: string, version: string): Promise<boolean>;
  /** Of any number of racing callers exactly one gets the value. */
  getAndRemove(key: string): Promise<V | undefined>;
  /** Counts as a use for max-idle. False if absent. */
  touch(key: string): Promise<boolean>;
  /** Runs the registered function `name` once, on the primary. */
  update<R>(key: string, name: string, argument: unknown, options?: EntryOptions): Promise<R>;
  clear(): Promise<void>;
  /** Entries in the cluster (primaries only). */
  size(): Promise<number>;
  /** Each key at least once; not a snapshot. */
  entries(options?: { batchSize?: number; signal?: AbortSignal }): AsyncIterableIterator<readonly [string, V]>;
  /** Whether this member is primary of the key now (affinity); in a replicated or local cache always true. */
  isPrimary(key: string): boolean;
  /** Node name of the primary. */
  primaryOf(key: string): string | undefined;
  on(event: CacheEvent, listener: (key: string) => void): Disposable;
  readonly statistics: CacheStatistics;
}

/** Local events of this member's own copies. */
export type CacheEvent = 'stored' | 'removed' | 'expired' | 'evicted';

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
}

export interface Member {
  /** Database sequence number, as text; the smallest is the oldest. */
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly coordinator: boolean;
  readonly self: boolean;
  readonly site?: string | undefined;
  readonly rack?: string | undefined;
  readonly machine?: string | undefined;
}

export interface View {
  readonly epoch: number;
  readonly members: readonly Member[];
  /** STABLE, COPY or SWITCH. */
  readonly phase: 'STABLE' | 'COPY' | 'SWITCH';
}

export type GridEvents = {
  view: (view: View) => void;
  rebalance: (phase: 'STABLE' | 'COPY' | 'SWITCH') => void;
  /** The member may not serve: lease lost, revoked, or the database too long away. */
  fenced: (reason: string) => void;
  unfenced: () => void;
  /** Segments whose last copy is gone. */
  lost: (segments: readonly number[]) => void;
};

export interface Topic {
  /**
   * Sends to all other members and waits until each has run its handlers, at most `timeoutMs` (default 1,000). True if all did.
   * Messages of one sender arrive in order; a receiver that missed one is told by `onGap` and must clear what it derived.
   */
  publish(payload: unknown, timeoutMs?: number): Promise<boolean>;
  subscribe(handler: (payload: unknown, sender: string) => void | Promise<void>): Disposable;
  onGap(handler: (sender: string) => void): Disposable;
}

/** A running member. */
export interface GridNode extends AsyncDisposable {
  readonly name: string;
  readonly view: View;
  /** Member of the current epoch, lease valid, initial transfer done. */
  readonly ready: boolean;
  readonly fenced: boolean;
  cache<V>(name: string, options?: CacheOptions<V>): Cache<V>;
  topic(name: string): Topic;
  /** Runs `task` on one member at a time, every `intervalMs`, under a lease. */
  schedule(name: string, intervalMs: number, task: (signal: AbortSignal) => Promise<void>): Disposable;
  on<E extends keyof GridEvents>(event: E, listener: GridEvents[E]): Disposable;
  /** Health as Infinispan words it. */
  health(cacheName: string): 'HEALTHY' | 'HEALTHY_REBALANCING' | 'DEGRADED' | 'FAILED';
  /** Figures for metrics: name without prefix -> value (epoch, pending operations, queue bytes, lease remaining, …). */
  figures(): ReadonlyMap<string, number>;
  /** Graceful leave: hands data over, bounded by `timeoutMs` (default 10,000). A second call leaves at once. */
  stop(timeoutMs?: number): Promise<void>;
}

/** One line of the grid's log. `code` is the id that operators search for (ISPN000094, JGRP000006, …), part of `message` too. */
export interface GridLogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly code?: string | undefined;
  readonly message: string;
}

/** Where the cluster's certificates live, shared by all members; server-config semantics. Values hold private keys: never log them. */
export interface CertificateStore {
  get(key: string): Promise<{ readonly value: string; readonly version: number } | undefined>;
  /** False where the key exists already. */
  insert(key: string, value: string): Promise<boolean>;
  /** False where the version moved on. */
  replace(key: string, value: string, version: number): Promise<boolean>;
  /** False where the version moved on or the key is gone. */
  remove(key: string, version: number): Promise<boolean>;
}

/** All is optional: without any option `Grid.start()` gives a working single node. */
export interface GridOptions {
  /** Default: host name, `-`, random number. */
  readonly nodeName?: string | undefined;
  /** Members of other clusters are refused. Default `ISPN`. */
  readonly clusterName?: string | undefined;
  /** Who decides membership. `memory` (default) is a single node that listens on nothing; `postgres` lets nodes on one database form a cluster. */
  readonly authority?: { readonly kind: 'memory' } | { readonly kind: 'postgres'; readonly connection: ClientConfig } | undefined;
  /** Where to listen; default 127.0.0.1. */
  readonly bindAddress?: string | undefined;
  /** Default 7800; 0 takes any free port. */
  readonly bindPort?: number | undefined;
  /** What others dial, where it differs from the bound address (NAT, port mapping). */
  readonly externalAddress?: string | undefined;
  readonly externalPort?: number | undefined;
  /** Owners of a segment are spread over sites, then racks, then machines. */
  readonly labels?:
    | { readonly site?: string | undefined; readonly rack?: string | undefined; readonly machine?: string | undefined }
    | undefined;
  /**
   * Mutual TLS 1.3 with a certificate that the members share through the store; `off` (default) for trusted networks and tests.
   * The coordinator replaces it every `rotationIntervalDays` (default 30, fractions allowed); it is valid twice as long.
   */
  readonly tls?: { readonly store: CertificateStore; readonly rotationIntervalDays?: number | undefined } | 'off' | undefined;
  /** Caches to open before joining, so that their update functions are there when the first request comes. */
  readonly caches?: Readonly<Record<string, CacheOptions<never>>> | undefined;
  /** Version shown behind member names in log lines; default the grid's own. */
  readonly versionLabel?: string | undefined;
  readonly log?: ((line: GridLogLine) => void) | undefined;
  /**
   * Believe the operating system that the process of a member on this host is gone, instead of waiting for its lease to end. Default true, and
   * false where an external address or port is given: who dials through a mapping may meet another process than the one it looks at.
   */
  readonly fastDeath?: boolean | undefined;
  /** Longest wait for membership in `Grid.start`, default 60,000. */
  readonly startTimeoutMs?: number | undefined;
  /** Default of `stop(timeoutMs)`: 10,000. */
  readonly stopTimeoutMs?: number | undefined;
}
