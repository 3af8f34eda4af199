import type { CacheStatistics, CountedKind } from '../api.ts';
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
  readonly #awaited: () => number;
  readonly #counted: ((kind: CountedKind, tookMs: number) => void) | undefined;

  constructor(
    cache: CacheState,
    isPrimary: (segment: number) => boolean,
    awaited: () => number,
    counted?: (kind: CountedKind, tookMs: number) => void,
  ) {
    this.#cache = cache;
    this.#isPrimary = isPrimary;
    this.#awaited = awaited;
    this.#counted = counted;
  }

  get entries(): number {
    return this.#count(() => true);
  }

  get entriesUnique(): number {
    return this.#count(this.#isPrimary);
  }

  get remoteCalls(): number {
    return this.#cache.remote.count;
  }

  get remoteFailures(): number {
    return this.#cache.remote.failures;
  }

  get remoteTimeMs(): number {
    return this.#cache.remote.timeMs;
  }

  get writesPending(): number {
    return this.#cache.segments.reduce((sum, segment) => sum + (segment?.pending.length ?? 0), 0);
  }

  get segmentsAwaited(): number {
    return this.#awaited();
  }

  read(found: boolean, tookMs: number): void {
    this.#counted?.(found ? 'hit' : 'miss', tookMs);
    if (found) {
      this.hits += 1;
      this.hitTimeMs += tookMs;
    } else {
      this.misses += 1;
      this.missTimeMs += tookMs;
    }
  }

  stored(tookMs: number): void {
    this.#counted?.('store', tookMs);
    this.stores += 1;
    this.storeTimeMs += tookMs;
  }

  removed(found: boolean, tookMs: number): void {
    this.#counted?.(found ? 'removeHit' : 'removeMiss', tookMs);
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
