import type { ClientSession } from '../../model/index.ts';
import { joined, type NextValue, type VolatileMap, type VolatileMaps, type VolatileSession } from '../../session/volatile-maps.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import type { ExactCache } from './exact-cache.ts';

/** Sessions and client sessions that live on an external engine alone. */
export function remoteVolatileMaps(
  sessions: ExactCache<VolatileSession>,
  clients: ExactCache<ClientSession>,
  nowMs: () => number,
): VolatileMaps {
  const map = remoteMap(sessions);
  return {
    sessions: {
      ...map,
      join: async (id, join) =>
        (await map.change(id, (standing) => (standing === undefined ? undefined : joined(standing, join, nowMs()))))?.session,
    },
    clients: remoteMap(clients),
  };
}

function remoteMap<V>(cache: ExactCache<V>): VolatileMap<V> {
  const line = new OneAtATime();
  return {
    get: (key) => cache.get(key),
    async getAll(keys) {
      const found = await Promise.all(keys.map((key) => cache.get(key)));
      return found.filter((one) => one !== undefined);
    },
    insert: (key, { value, lifespanMs }) => cache.insert(key, value, lifespanMs),
    change: (key, change) =>
      line.run(key, () =>
        cache.change<V | undefined>(key, (standing) => {
          const next: NextValue<V> | undefined = change(standing?.value);
          return next === undefined ? { step: 'keep', result: undefined } : { step: 'store', ...next, result: next.value };
        }),
      ),
    take: (key) =>
      cache.change<V | undefined>(key, (standing) =>
        standing === undefined ? { step: 'keep', result: undefined } : { step: 'remove', result: standing.value },
      ),
    remove: (key) => cache.remove(key),
    entries: () => cache.entries(),
  };
}
