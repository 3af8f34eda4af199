import { EventEmitter } from 'node:events';
import type { Cache } from '@keygrid/grid';
import type { KeyvStoreAdapter, StoredData } from 'keyv';

/** Removals under way at a time while a namespace is cleared. */
const parallelRemovals = 64;

interface Item {
  readonly key: string;
  readonly value: unknown;
  readonly ttl?: number;
}

/**
 * A Keyv store on a cache of the grid, and with it a store for cache-manager and NestJS: `new Keyv({ store: new GridStore(cache) })`.
 * Times to live become lifespans of the grid, so an entry is gone on every member within 250 ms. The store does not own the grid: whoever
 * started it stops it.
 */
export class GridStore extends EventEmitter implements KeyvStoreAdapter {
  /** Keyv makes iterators for dialects that it knows by name only; this store iterates as its Redis one does. */
  readonly opts = { dialect: 'redis', url: '' };
  /** Set by Keyv, which puts it before every key. */
  namespace: string | undefined;
  readonly #cache: Cache<string, unknown>;

  constructor(cache: Cache<string, unknown>) {
    super();
    this.#cache = cache;
  }

  async get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    return (await this.#cache.get(key)) as StoredData<Value> | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<(StoredData<Value> | undefined)[]> {
    const found = await this.#cache.getAll(keys);
    return keys.map((key) => found.get(key) as StoredData<Value> | undefined);
  }

  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await this.#cache.put(key, value, { lifespanMs: lifespanOf(ttl) });
    return true;
  }

  async setMany(items: Item[]): Promise<void> {
    await Promise.all(items.map(({ key, value, ttl }) => this.set(key, value, ttl)));
  }

  delete(key: string): Promise<boolean> {
    return this.#cache.remove(key);
  }

  /** True if there was any of them. */
  async deleteMany(keys: string[]): Promise<boolean> {
    return (await Promise.all(keys.map((key) => this.#cache.remove(key)))).includes(true);
  }

  async has(key: string): Promise<boolean> {
    return (await this.#cache.get(key)) !== undefined;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    const found = await this.#cache.getAll(keys);
    return keys.map((key) => found.has(key));
  }

  /** Everything of the namespace; without one the whole cache. */
  async clear(): Promise<void> {
    const prefix = prefixOf(this.namespace);
    if (prefix === '') {
      await this.#cache.clear();
      return;
    }
    const removals = new Set<Promise<unknown>>();
    for await (const key of this.#cache.keys()) {
      if (!key.startsWith(prefix)) continue;
      const removal = this.#cache.remove(key).finally(() => removals.delete(removal));
      removals.add(removal);
      if (removals.size >= parallelRemovals) await Promise.race(removals);
    }
    await Promise.all(removals);
  }

  async *iterator<Value>(namespace?: string): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    const prefix = prefixOf(namespace);
    for await (const [key, value] of this.#cache) if (key.startsWith(prefix)) yield [key, value as Awaited<Value>];
  }
}

function prefixOf(namespace: string | undefined): string {
  return namespace === undefined || namespace === '' ? '' : `${namespace}:`;
}

/** Keyv counts 0 as none; undefined leaves it to the cache. */
function lifespanOf(ttl: number | undefined): number | undefined {
  return ttl === undefined || ttl === 0 ? undefined : Math.max(0, ttl);
}
