import type { EffectiveCache } from '../cache/cache-configuration.ts';
import type { CacheName } from '../cache/cache-names.ts';
import type { LocalCaches } from '../cache/changes.ts';
import { LocalCache } from '../cache/local-cache.ts';
import type { Clock } from '../model/clock.ts';

/** Entries of a local cache whose bound was taken away; memory is finite all the same. */
const UNBOUNDED_COUNT = 10_000_000;

/** The caches of this node alone, filled from the database and emptied by invalidations. */
export type NodeCaches = LocalCaches & { readonly realms: LocalCache; readonly users: LocalCache };

export function openLocalCaches(caches: Readonly<Record<CacheName, EffectiveCache>>, clock: Clock): NodeCaches {
  const open = (name: CacheName): LocalCache => {
    const { maxCount, lifespanSeconds } = caches[name];
    return new LocalCache({ name, maxCount: maxCount ?? UNBOUNDED_COUNT, lifespanSeconds, clock });
  };
  const realms = open('realms');
  const users = open('users');
  return {
    realms,
    users,
    byName: new Map([realms, users, open('authorization'), open('keys'), open('crl')].map((cache) => [cache.name, cache])),
  };
}
