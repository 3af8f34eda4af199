import type { Clock } from '../model/clock.ts';
import { SieveMap } from './sieve-map.ts';

export interface LocalCacheOptions {
  readonly name: string;
  readonly maxCount: number;
  /** Undefined = for ever. */
  readonly lifespanSeconds?: number | undefined;
  readonly clock: Clock;
}

/** What a loader found: the value, and the tags (invalidation keys) by which it is dropped. */
export interface Loaded<T> {
  readonly value: T;
  readonly tags: readonly string[];
}

/** Counters since start; the metrics read them. */
export interface LocalCacheStatistics {
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
  readonly stores: number;
  readonly invalidations: number;
  readonly evictions: number;
  readonly hitTimeMs: number;
  readonly missTimeMs: number;
}

interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly expiresAtMs: number;
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
  readonly #clock: Clock;
  #hits = 0;
  #misses = 0;
  #stores = 0;
  #invalidations = 0;
  #evictions = 0;
  #missTimeMs = 0;

  constructor({ name, maxCount, lifespanSeconds, clock }: LocalCacheOptions) {
    this.name = name;
    this.#clock = clock;
    this.#lifespanMs = lifespanSeconds === undefined ? Number.POSITIVE_INFINITY : lifespanSeconds * 1000;
    this.#entries = new SieveMap(maxCount, (_key, entry) => {
      this.#evictions += 1;
      this.#untag(entry);
    });
  }

  /** The cached value, or what `load` finds; `load` returning undefined caches nothing. */
  get<T>(key: string, load: () => Promise<Loaded<T> | undefined>): Promise<T | undefined> {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.expiresAtMs > this.#clock.nowMs()) {
      this.#hits += 1;
      return Promise.resolve(entry.value as T);
    }
    this.#misses += 1;
    const flight = this.#flights.get(key);
    if (flight !== undefined) return flight.promise as Promise<T | undefined>;
    return this.#load(key, load);
  }

  /** Drops everything that carries one of the tags, and keeps loads under way from bringing it back. */
  invalidate(tags: readonly string[]): void {
    for (const flight of this.#loading) for (const tag of tags) flight.stale.add(tag);
    if (this.#loading.size > 0) this.#flights.clear();
    for (const tag of tags) {
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
    for (const flight of this.#loading) flight.stale.add(EVERYTHING);
    this.#flights.clear();
    this.#invalidations += this.#entries.size;
    this.#entries.clear();
    this.#byTag.clear();
  }

  get statistics(): LocalCacheStatistics {
    return {
      entries: this.#entries.size,
      hits: this.#hits,
      misses: this.#misses,
      stores: this.#stores,
      invalidations: this.#invalidations,
      evictions: this.#evictions,
      // A hit is a lookup in a map; its time is below what the clock resolves.
      hitTimeMs: 0,
      missTimeMs: this.#missTimeMs,
    };
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
        this.#loading.delete(flight);
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      });
    const flight: Flight = { promise, stale };
    this.#loading.add(flight);
    this.#flights.set(key, flight);
    return promise;
  }

  #store(key: string, { value, tags }: Loaded<unknown>): void {
    const entry: Entry = { key, value, tags, expiresAtMs: this.#clock.nowMs() + this.#lifespanMs };
    const old = this.#entries.delete(key);
    if (old !== undefined) this.#untag(old);
    this.#entries.set(key, entry);
    this.#stores += 1;
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
