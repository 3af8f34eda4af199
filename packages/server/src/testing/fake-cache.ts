import {
  type Cache,
  type CacheOptions,
  type CacheStatistics,
  type EntryOptions,
  GridError,
  type Page,
  type Versioned,
} from '@keygrid/grid';

interface Entry {
  readonly value: unknown;
  readonly version: number;
  readonly expiresAtMs: number;
}

/** What all members of a fake cluster share of one cache. */
export interface SharedCache {
  readonly entries: Map<string, Entry>;
  version: number;
}

/** What a fake cache asks of its member. */
export interface FakeCacheHost {
  readonly nowMs: () => number;
  /** Throws where the member may not serve now; resolves after the interleaving of one network hop. */
  readonly hop: (signal?: AbortSignal) => Promise<void>;
  readonly primaryOf: (key: string) => string;
  readonly self: string;
}

/**
 * A cache whose operations are atomic over one shared map, each after one asynchronous hop, so that races between members
 * interleave as they do on the grid. Values are cloned both ways, as encoding does.
 */
export class FakeCache<V> implements Cache<string, V> {
  readonly name: string;
  readonly #shared: SharedCache;
  readonly #options: CacheOptions<V>;
  readonly #host: FakeCacheHost;

  constructor(name: string, shared: SharedCache, options: CacheOptions<V>, host: FakeCacheHost) {
    this.name = name;
    this.#shared = shared;
    this.#options = options;
    this.#host = host;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#shared.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAtMs > this.#host.nowMs()) return entry;
    this.#shared.entries.delete(key);
    return undefined;
  }

  #store(key: string, value: V, lifespanMs: number | undefined): void {
    const span = lifespanMs ?? this.#options.lifespanMs ?? -1;
    const expiresAtMs = span < 0 ? Number.POSITIVE_INFINITY : this.#host.nowMs() + span;
    this.#shared.version += 1;
    this.#shared.entries.set(key, { value: structuredClone(value), version: this.#shared.version, expiresAtMs });
  }

  #value(entry: Entry | undefined): V | undefined {
    return entry === undefined ? undefined : (structuredClone(entry.value) as V);
  }

  async get(key: string, options?: { signal?: AbortSignal }): Promise<V | undefined> {
    await this.#host.hop(options?.signal);
    return this.#value(this.#live(key));
  }

  async getVersioned(key: string): Promise<Versioned<V> | undefined> {
    await this.#host.hop();
    const entry = this.#live(key);
    return entry === undefined ? undefined : { value: this.#value(entry) as V, version: String(entry.version) };
  }

  async getAll(keys: Iterable<string>): Promise<Map<string, V>> {
    await this.#host.hop();
    const found = new Map<string, V>();
    for (const key of keys) {
      const value = this.#value(this.#live(key));
      if (value !== undefined) found.set(key, value);
    }
    return found;
  }

  async getOrLoad(key: string, load: (key: string) => Promise<V | undefined>, options?: EntryOptions): Promise<V | undefined> {
    const known = await this.get(key);
    if (known !== undefined) return known;
    const loaded = await load(key);
    return loaded === undefined ? undefined : ((await this.putIfAbsent(key, loaded, options)) ?? loaded);
  }

  async put(key: string, value: V, options?: EntryOptions): Promise<void> {
    await this.#host.hop(options?.signal);
    this.#store(key, value, options?.lifespanMs);
  }

  async putIfAbsent(key: string, value: V, options?: EntryOptions): Promise<V | undefined> {
    await this.#host.hop(options?.signal);
    const existing = this.#live(key);
    if (existing === undefined) this.#store(key, value, options?.lifespanMs);
    return this.#value(existing);
  }

  async replace(key: string, value: V, options?: EntryOptions): Promise<boolean> {
    await this.#host.hop(options?.signal);
    if (this.#live(key) === undefined) return false;
    this.#store(key, value, options?.lifespanMs);
    return true;
  }

  async replaceIfVersion(key: string, value: V, version: string, options?: EntryOptions): Promise<boolean> {
    await this.#host.hop(options?.signal);
    if (String(this.#live(key)?.version) !== version) return false;
    this.#store(key, value, options?.lifespanMs);
    return true;
  }

  async remove(key: string): Promise<boolean> {
    return (await this.getAndRemove(key)) !== undefined;
  }

  async removeIfVersion(key: string, version: string): Promise<boolean> {
    await this.#host.hop();
    return String(this.#live(key)?.version) === version && this.#shared.entries.delete(key);
  }

  async getAndRemove(key: string): Promise<V | undefined> {
    await this.#host.hop();
    const entry = this.#live(key);
    this.#shared.entries.delete(key);
    return this.#value(entry);
  }

  async touch(key: string): Promise<boolean> {
    await this.#host.hop();
    return this.#live(key) !== undefined;
  }

  async update<R>(key: string, name: string, argument: unknown, options?: EntryOptions): Promise<R> {
    await this.#host.hop(options?.signal);
    const run = this.#options.updates?.[name];
    if (run === undefined) throw new GridError('GRID_BAD_ARGUMENT', `cache ${this.name} has no update function '${name}'`);
    const outcome = run(this.#value(this.#live(key)), structuredClone(argument), this.#host.nowMs());
    if (outcome.value === undefined) this.#shared.entries.delete(key);
    else if (outcome.value !== 'keep') this.#store(key, outcome.value as V, outcome.lifespanMs ?? options?.lifespanMs);
    return structuredClone(outcome.result) as R;
  }

  async clear(): Promise<void> {
    await this.#host.hop();
    this.#shared.entries.clear();
  }

  async size(): Promise<number> {
    await this.#host.hop();
    return [...this.#shared.entries.keys()].filter((key) => this.#live(key) !== undefined).length;
  }

  async *entries(): AsyncIterableIterator<readonly [string, V]> {
    await this.#host.hop();
    for (const key of [...this.#shared.entries.keys()]) {
      const value = this.#value(this.#live(key));
      if (value !== undefined) yield [key, value];
    }
  }

  async *keys(): AsyncIterableIterator<string> {
    for await (const [key] of this.entries()) yield key;
  }

  /** All in one page. */
  async scan(): Promise<Page<string, V>> {
    const entries: (readonly [string, V])[] = [];
    for await (const entry of this.entries()) entries.push(entry);
    return { entries, cursor: undefined };
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly [string, V]> {
    return this.entries();
  }

  isPrimary(key: string): boolean {
    return this.#host.primaryOf(this.#options.partitionKey?.(key) ?? key) === this.#host.self;
  }

  primaryOf(key: string): string {
    return this.#host.primaryOf(this.#options.partitionKey?.(key) ?? key);
  }

  on(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  get statistics(): CacheStatistics {
    const none = { hits: 0, misses: 0, stores: 0, removeHits: 0, removeMisses: 0, evictions: 0, expirations: 0 };
    const times = { hitTimeMs: 0, missTimeMs: 0, storeTimeMs: 0, removeHitTimeMs: 0, removeMissTimeMs: 0 };
    const entries = this.#shared.entries.size;
    const remote = { remoteCalls: 0, remoteFailures: 0, remoteTimeMs: 0, writesPending: 0, segmentsAwaited: 0 };
    return { ...none, ...times, ...remote, entries, entriesUnique: entries };
  }
}
