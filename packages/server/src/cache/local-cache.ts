import type { Clock } from '../model/clock.ts';
import { SieveMap } from './sieve-map.ts';

export interface LocalCacheOptions {
  readonly name: string;
  readonly maxCount: number;
  /** Undefined = for ever. */
  readonly lifespanSeconds?: number | undefined;
  /** What nobody asks for as long as this goes; undefined = never. */
  readonly maxIdleSeconds?: number | undefined;
  readonly clock: Clock;
  /** Told of the time of each read and store, for histograms. */
  readonly observe?: ((kind: 'hit' | 'miss' | 'store', tookMs: number) => void) | undefined;
}

/** What a loader found: the value, and the tags (invalidation keys) by which it is dropped. */
export interface Loaded<T> {
  readonly value: T;
  readonly tags: readonly string[];
  /** Epoch milliseconds at which the value itself is over, where that comes before the lifespan of the cache. */
  readonly expiresAtMs?: number | undefined;
}

/** Counters since start; the metrics read them. */
export interface LocalCacheStatistics {
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
  readonly stores: number;
  readonly invalidations: number;
  /** Tags to be dropped that no entry carried. */
  readonly invalidationMisses: number;
  readonly evictions: number;
  readonly hitTimeMs: number;
  readonly missTimeMs: number;
}

interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly expiresAtMs: number;
  usedAtMs: number;
}

interface Flight {
  readonly promise: Promise<unknown>;
  /** Tags that were invalidated since the load began: its result may be older than they are. */
  readonly stale: Set<string>;
}

/** Loads at once per cache; more wait in line at the database pool anyway. */
const MAX_FLIGHTS = 10_000;

/**
 * A bounded read-through cache of this node. Any number of concurrent misses of a key is one load [Keycloak #22988]; a load that an invalidation
 * overtook is answered to those who asked before it, but neither kept nor shared with those who ask after it (L2).
 */
export class LocalCache {
  readonly name: string;
  readonly #entries: SieveMap<Entry>;
  readonly #byTag = new Map<string, Set<string>>();
  readonly #flights = new Map<string, Flight>();
  /** Every load under way, also those that nobody may join any more. */
  readonly #loading = new Set<Flight>();
  readonly #lifespanMs: number;
  readonly #maxIdleMs: number;
  readonly #clock: Clock;
  readonly #observe: LocalCacheOptions['observe'];
  #passing = false;
  #generation = 0;
  #hits = 0;
  #misses = 0;
  #stores = 0;
  #invalidations = 0;
  #invalidationMisses = 0;
  #evictions = 0;
  #missTimeMs = 0;

  constructor({ name, maxCount, lifespanSeconds, maxIdleSeconds, clock, observe }: LocalCacheOptions) {
    this.name = name;
    this.#clock = clock;
    this.#observe = observe;
    this.#lifespanMs = lifespanSeconds === undefined ? Number.POSITIVE_INFINITY : lifespanSeconds * 1000;
    this.#maxIdleMs = maxIdleSeconds === undefined ? Number.POSITIVE_INFINITY : maxIdleSeconds * 1000;
    this.#entries = new SieveMap(maxCount, (_key, entry) => {
      this.#evictions += 1;
      this.#untag(entry);
    });
  }

  /** The cached value, or what `load` finds; `load` returning undefined caches nothing. `load` is told of a value whose time is over. */
  get<T>(key: string, load: (expired: T | undefined) => Promise<Loaded<T> | undefined>): Promise<T | undefined> {
    if (this.#passing) return this.#pass(load);
    const entry = this.#entries.get(key);
    const now = this.#clock.nowMs();
    if (entry !== undefined && entry.expiresAtMs > now && entry.usedAtMs + this.#maxIdleMs > now) {
      entry.usedAtMs = now;
      this.#hits += 1;
      this.#observe?.('hit', 0);
      return Promise.resolve(entry.value as T);
    }
    this.#misses += 1;
    const flight = this.#flights.get(key);
    if (flight !== undefined) {
      if (this.#observe !== undefined) this.#observeEnd(flight.promise, this.#clock.nowMs());
      return flight.promise as Promise<T | undefined>;
    }
    const expired = entry?.value as T | undefined;
    return this.#load(key, () => load(expired));
  }

  /**
   * Loads a value anew although there is one, which stays where the load fails or finds nothing. Callers who come together share one load.
   */
  reload<T>(key: string, load: () => Promise<Loaded<T> | undefined>): Promise<T | undefined> {
    if (this.#passing) return this.#pass(load);
    this.#misses += 1;
    return (this.#flights.get(key)?.promise as Promise<T | undefined> | undefined) ?? this.#load(key, load);
  }

  /** Drops everything that carries one of the tags, and keeps loads under way from bringing it back. */
  invalidate(tags: readonly string[]): void {
    // Also where nothing carries the tags: what was worked out of an entry may outlive it.
    this.#generation += 1;
    for (const flight of this.#loading) for (const tag of tags) flight.stale.add(tag);
    if (this.#loading.size > 0) this.#flights.clear();
    for (const tag of tags) {
      if (!this.#byTag.has(tag)) this.#invalidationMisses += 1;
      for (const key of this.#byTag.get(tag) ?? []) {
        const entry = this.#entries.delete(key);
        if (entry !== undefined) {
          this.#invalidations += 1;
          this.#untag(entry);
        }
      }
    }
  }

  /** Drops everything. */
  clear(): void {
    this.#generation += 1;
    for (const flight of this.#loading) flight.stale.add(EVERYTHING);
    this.#flights.clear();
    this.#invalidations += this.#entries.size;
    this.#entries.clear();
    this.#byTag.clear();
  }

  /**
   * While it is on, every read is a load of its own, neither kept nor shared: nobody would hear that what it found has changed. What was kept
   * goes at once, and what is being loaded is not kept.
   */
  passThrough(on: boolean): void {
    this.#passing = on;
    if (on) this.clear();
  }

  /**
   * Grows with everything that may make a value stale; undefined where nothing says so: while reads pass through, and where values end by their
   * time alone.
   */
  get generation(): number | undefined {
    const endsByTime = this.#lifespanMs !== Number.POSITIVE_INFINITY;
    return this.#passing || endsByTime ? undefined : this.#generation;
  }

  get statistics(): LocalCacheStatistics {
    return {
      entries: this.#entries.size,
      hits: this.#hits,
      misses: this.#misses,
      stores: this.#stores,
      invalidations: this.#invalidations,
      invalidationMisses: this.#invalidationMisses,
      evictions: this.#evictions,
      // A hit is a lookup in a map; its time is below what the clock resolves.
      hitTimeMs: 0,
      missTimeMs: this.#missTimeMs,
    };
  }

  async #pass<T>(load: (expired: undefined) => Promise<Loaded<T> | undefined>): Promise<T | undefined> {
    this.#misses += 1;
    return (await load(undefined))?.value;
  }

  #load<T>(key: string, load: () => Promise<Loaded<T> | undefined>): Promise<T | undefined> {
    if (this.#loading.size >= MAX_FLIGHTS) return load().then((found) => found?.value);
    const began = this.#clock.nowMs();
    const stale = new Set<string>();
    const promise = load()
      .then((found) => {
        if (found === undefined) return undefined;
        if (!stale.has(EVERYTHING) && !found.tags.some((tag) => stale.has(tag))) this.#store(key, found);
        return found.value;
      })
      .finally(() => {
        this.#missTimeMs += this.#clock.nowMs() - began;
        this.#observe?.('miss', this.#clock.nowMs() - began);
        this.#loading.delete(flight);
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      });
    const flight: Flight = { promise, stale };
    this.#loading.add(flight);
    this.#flights.set(key, flight);
    return promise;
  }

  #observeEnd(load: Promise<unknown>, beganMs: number): void {
    const ended = (): void => this.#observe?.('miss', this.#clock.nowMs() - beganMs);
    load.then(ended, ended);
  }

  #store(key: string, { value, tags, expiresAtMs = Number.POSITIVE_INFINITY }: Loaded<unknown>): void {
    const now = this.#clock.nowMs();
    const entry: Entry = { key, value, tags, expiresAtMs: Math.min(now + this.#lifespanMs, expiresAtMs), usedAtMs: now };
    const old = this.#entries.delete(key);
    if (old !== undefined) this.#untag(old);
    this.#entries.set(key, entry);
    this.#stores += 1;
    this.#observe?.('store', 0);
    for (const tag of tags) {
      const keys = this.#byTag.get(tag);
      if (keys === undefined) this.#byTag.set(tag, new Set([key]));
      else keys.add(key);
    }
  }

  #untag(entry: Entry): void {
    for (const tag of entry.tags) {
      const keys = this.#byTag.get(tag);
      keys?.delete(entry.key);
      if (keys?.size === 0) this.#byTag.delete(tag);
    }
  }
}

/** No tag of anything; stands for "all of it" in a load's list of what became stale. */
const EVERYTHING = '*';
