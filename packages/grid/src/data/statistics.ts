import type { CacheStatistics } from '../api.ts';
import type { CacheState } from './cache-state.ts';

/** Counts what this member's callers did; entries are counted when asked for. */
export class Statistics implements CacheStatistics {
  hits = 0;
  misses = 0;
  stores = 0;
  removeHits = 0;
  removeMisses = 0;
  evictions = 0;
  expirations = 0;
  hitTimeMs = 0;
  missTimeMs = 0;
  storeTimeMs = 0;
  removeHitTimeMs = 0;
  removeMissTimeMs = 0;
  readonly #cache: CacheState;
  readonly #isPrimary: (segment: number) => boolean;

  constructor(cache: CacheState, isPrimary: (segment: number) => boolean) {
    this.#cache = cache;
    this.#isPrimary = isPrimary;
  }

  get entries(): number {
    return this.#count(() => true);
  }

  get entriesUnique(): number {
    return this.#count(this.#isPrimary);
  }

  read(found: boolean, tookMs: number): void {
    if (found) {
      this.hits += 1;
      this.hitTimeMs += tookMs;
    } else {
      this.misses += 1;
      this.missTimeMs += tookMs;
    }
  }

  stored(tookMs: number): void {
    this.stores += 1;
    this.storeTimeMs += tookMs;
  }

  removed(found: boolean, tookMs: number): void {
    if (found) {
      this.removeHits += 1;
      this.removeHitTimeMs += tookMs;
    } else {
      this.removeMisses += 1;
      this.removeMissTimeMs += tookMs;
    }
  }

  #count(wanted: (segment: number) => boolean): number {
    let count = 0;
    for (const segment of this.#cache.segments) {
      if (segment === undefined || !wanted(segment.index)) continue;
      count += segment.entries.size - segment.tombstones;
    }
    return count;
  }
}
