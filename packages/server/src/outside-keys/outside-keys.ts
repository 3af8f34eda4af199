import type { LocalCache } from '../cache/local-cache.ts';
import { SieveMap } from '../cache/sieve-map.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../observability/logger.ts';
import { fittingKeys, type KeyWish, type OutsideKey } from './outside-key.ts';

/** Where keys of somebody else come from. */
export interface KeySource {
  /** Key of the cache entry; another address is another source. */
  readonly id: string;
  /** Invalidation keys that drop what is cached. */
  readonly tags: readonly string[];
  load(): Promise<readonly OutsideKey[]>;
}

/** Public keys of clients and of outside issuers, in the cache `keys`. */
export interface OutsideKeys {
  /** The keys that may be meant, best known first; empty where there is none, or its issuer cannot be reached and it is not known. */
  find(source: KeySource, wish: KeyWish): Promise<readonly OutsideKey[]>;
}

export interface OutsideKeysOptions {
  readonly cache: LocalCache;
  readonly clock: Clock;
  readonly logger: Logger;
  /** An issuer is asked again no sooner, in seconds: neither for a key that nobody knows nor after it failed. */
  readonly minTimeBetweenRequestsSeconds: number;
  /** Keys are asked for again after as long, in seconds, so that one that was withdrawn does not count for ever. */
  readonly maxCacheTimeSeconds: number;
}

interface KnownKeys {
  readonly keys: readonly OutsideKey[];
  readonly loadedAtMs: number;
}

/** Issuers whose last failure is remembered. */
const MAX_SOURCES = 10_000;

/**
 * A key that is known is used without asking anybody, so that an issuer may be down. One that is not known makes the issuer be asked, at most once in
 * the minimum time whoever asks for whatever: made-up key ids reach nobody. Keys that were dropped (their client was changed, others took their place)
 * are asked for at once: the time counts from keys that are known, and from failures.
 */
export function createOutsideKeys(options: OutsideKeysOptions): OutsideKeys {
  const { cache, clock, logger } = options;
  const failedAt = new SieveMap<number>(MAX_SOURCES, () => undefined);
  const running = new Map<string, Promise<KnownKeys | undefined>>();

  function isLongAgo(lastMs: number | undefined): boolean {
    return lastMs === undefined || clock.nowMs() - lastMs >= options.minTimeBetweenRequestsSeconds * 1000;
  }

  async function load(source: KeySource): Promise<{ readonly value: KnownKeys; readonly tags: readonly string[] } | undefined> {
    if (!isLongAgo(failedAt.get(source.id))) return undefined;
    try {
      return { value: { keys: await source.load(), loadedAtMs: clock.nowMs() }, tags: source.tags };
    } catch (error) {
      failedAt.set(source.id, clock.nowMs());
      logger.warn(`Keys of ${source.id} cannot be had: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  /** Callers who come while an issuer is asked wait for the same answer. */
  function refreshed(source: KeySource, known: KnownKeys): Promise<KnownKeys | undefined> {
    const asking = running.get(source.id);
    if (asking !== undefined) return asking;
    if (!isLongAgo(known.loadedAtMs)) return Promise.resolve(undefined);
    const answer = cache.reload(source.id, () => load(source)).finally(() => running.delete(source.id));
    running.set(source.id, answer);
    return answer;
  }

  return {
    async find(source, wish) {
      const known = await cache.get(source.id, () => load(source));
      if (known === undefined) return [];
      const fitting = fittingKeys(known.keys, wish);
      const isFresh = clock.nowMs() - known.loadedAtMs < options.maxCacheTimeSeconds * 1000;
      if (fitting.length > 0 && isFresh) return fitting;
      const fresh = await refreshed(source, known);
      return fresh === undefined ? fitting : fittingKeys(fresh.keys, wish);
    },
  };
}
