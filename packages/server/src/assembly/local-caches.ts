import type { GridHooks } from '@keygrid/grid';
import type { EffectiveCache } from '../cache/cache-configuration.ts';
import type { CacheName } from '../cache/cache-names.ts';
import type { LocalCaches } from '../cache/changes.ts';
import { LocalCache } from '../cache/local-cache.ts';
import type { Clock } from '../model/clock.ts';

/** Entries of a local cache whose bound was taken away; memory is finite all the same. */
const UNBOUNDED_COUNT = 10_000_000;

/** The caches of this node alone, filled from the database and emptied by invalidations. */
export type NodeCaches = LocalCaches & {
  readonly realms: LocalCache;
  readonly users: LocalCache;
  readonly authorization: LocalCache;
  readonly keys: LocalCache;
  readonly crl: LocalCache;
};

export function openLocalCaches(
  caches: Readonly<Record<CacheName, EffectiveCache>>,
  clock: Clock,
  counted?: GridHooks['counted'],
): NodeCaches {
  const open = (name: CacheName): LocalCache => {
    const { maxCount, lifespanSeconds, maxIdleSeconds } = caches[name];
    return new LocalCache({
      name,
      maxCount: maxCount ?? UNBOUNDED_COUNT,
      lifespanSeconds,
      maxIdleSeconds,
      clock,
      observe: counted && ((kind, tookMs) => counted(name, kind, tookMs)),
    });
  };
  const realms = open('realms');
  const users = open('users');
  const authorization = open('authorization');
  const keys = open('keys');
  const crl = open('crl');
  const ordered = [realms, users, authorization, keys, crl];
  return { realms, users, authorization, keys, crl, byName: new Map(ordered.map((cache) => [cache.name, cache])) };
}
