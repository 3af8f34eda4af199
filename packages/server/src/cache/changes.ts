import type { Storage } from '../store/stores.ts';
import type { Changes, InvalidationBus, InvalidationKey } from './contracts.ts';
import { clearKey } from './invalidation-keys.ts';
import type { LocalCache } from './local-cache.ts';

/** Most keys of one change; an import touches `realm-all:<id>` instead of each object. */
const MAX_KEYS = 20_000;

/** The local caches of this node as invalidations see them. */
export interface LocalCaches {
  /** Name as in the guide -> cache. */
  readonly byName: ReadonlyMap<string, LocalCache>;
}

/** Applies keys that came from anywhere: this node, another member, or the outbox. Idempotent. */
export function applyInvalidations(caches: LocalCaches, keys: readonly InvalidationKey[]): void {
  for (const cache of caches.byName.values()) cache.invalidate(keys);
  for (const key of keys) if (key.startsWith('clear:')) caches.byName.get(key.slice('clear:'.length))?.clear();
}

/** Drops everything: a message may have been missed. */
export function clearAll(caches: LocalCaches): void {
  for (const cache of caches.byName.values()) cache.clear();
}

/** The caches of what stands in the database, whose truth a read can always ask. */
const ofDatabase = ['realms', 'users', 'authorization'];

/** Whether reads go past the caches of the database: nobody tells this node of changes. */
export function passThrough(caches: LocalCaches, on: boolean): void {
  for (const name of ofDatabase) caches.byName.get(name)?.passThrough(on);
}

export interface ChangesOptions {
  readonly storage: Storage;
  readonly caches: LocalCaches;
  readonly bus: InvalidationBus;
}

/**
 * Commit, then tell: the outbox row commits with the change, so that a writer that dies before it could tell anybody is heard all the same (L4).
 */
export function createChanges({ storage, caches, bus }: ChangesOptions): Changes {
  const tell = async (keys: readonly InvalidationKey[]): Promise<void> => {
    applyInvalidations(caches, keys);
    await bus.publish(keys);
  };
  return {
    async write(work) {
      let keys = new Set<InvalidationKey>();
      const result = await storage.transaction(async (stores) => {
        // A transaction that is tried again starts with an empty set.
        keys = new Set();
        const outcome = await work(stores, (...touched) => {
          for (const key of touched) keys.add(key);
          if (keys.size > MAX_KEYS) throw new RangeError(`a change touches more than ${MAX_KEYS} objects`);
        });
        if (keys.size > 0) await stores.outbox.append([...keys]);
        return outcome;
      });
      if (keys.size > 0) await tell([...keys]);
      return result;
    },
    async clear(kind) {
      const keys = [clearKey(kind)];
      await storage.stores.outbox.append(keys);
      await tell(keys);
    },
  };
}
