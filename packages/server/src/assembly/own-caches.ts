import type { Cache, CacheOptions, GridNode } from '@keygrid/grid';
import { caches } from '../cache/cache-names.ts';
import { DEFAULT_OWNERS, ownCaches } from '../cache/file-rules.ts';
import type { CacheFile, FileCache } from '../config/cache-file/cache-file.ts';
import { ServerError } from '../http/errors.ts';

function optionsOf({ mode, owners, lifespanMs, maxIdleMs, maxCount, stateTransfer }: FileCache): CacheOptions<never> {
  const positive = (value: number | undefined): number | undefined => (value !== undefined && value > 0 ? value : undefined);
  return {
    mode,
    owners: mode === 'distributed' ? (owners ?? DEFAULT_OWNERS) : undefined,
    lifespanMs: positive(lifespanMs),
    maxIdleMs: positive(maxIdleMs),
    maxCount: positive(maxCount),
    stateTransfer,
  };
}

/** The caches of the file that are none of the server's: open before the node joins, and handed out by `ownCache`. */
export function ownCacheOptions(file: CacheFile): Readonly<Record<string, CacheOptions<never>>> {
  return Object.fromEntries(ownCaches(file.caches).map((cache) => [cache.name, optionsOf(cache)]));
}

/**
 * One of the caches that the file declares beside those of the server, which are never handed out: what is written past the rules of sessions,
 * codes and counters would break them.
 * @throws ServerError KG_UNKNOWN_CACHE
 */
export function ownCache<K extends string, V>(grid: GridNode, file: CacheFile, name: string): Cache<K, V> {
  const declared = ownCaches(file.caches).map((cache) => cache.name);
  if (declared.includes(name)) return grid.cache<K, V>(name);
  const why = Object.hasOwn(caches, name)
    ? `'${name}' is a cache of the server itself, which is not handed out`
    : `no cache '${name}' is declared`;
  const there =
    file.name === ''
      ? 'There is no cache configuration file'
      : `Those that ${file.name} declares beside the server's: ${declared.join(', ') || 'none'}`;
  throw new ServerError('KG_UNKNOWN_CACHE', `${why}. ${there}.`);
}
