import type {
  Cache,
  CacheEvent,
  CacheOptions,
  CacheStatistics,
  CallOptions,
  EntryOptions,
  IterationOptions,
  Page,
  ScanOptions,
  Topic,
  Versioned,
} from '../api.ts';
import { GridError } from '../errors.ts';
import type { CallSite } from './call.ts';
import { CacheClient } from './client.ts';
import { limits } from './limits.ts';
import { Loads } from './loads.ts';

/** Keys whose copies are to be dropped; null = all of them. */
type Invalidation = readonly string[] | null;

/**
 * A cache of what stands in a database: every member keeps what it loaded itself. `getOrLoad` is the only way to fill it, because only a load
 * knows whether the key was invalidated since it began (L2). A write says that the truth has changed: it returns once every member has
 * dropped its copy, this one too (L1). A member whose lease has ended may have missed something: it answers nothing, and forgets all (L3).
 */
export class InvalidationClient<K extends string, V> implements Cache<K, V> {
  readonly name: string;
  readonly #site: CallSite;
  readonly #topic: Topic;
  readonly #copies: CacheClient<K, V>;
  readonly #loads: Loads<V>;

  constructor(name: string, options: CacheOptions<V>, site: CallSite, topic: Topic) {
    if (options.updates !== undefined)
      throw new GridError('GRID_BAD_CONFIGURATION', `cache ${name}: update functions are impossible in mode invalidation`);
    this.name = name;
    this.#site = site;
    this.#topic = topic;
    this.#copies = new CacheClient<K, V>(name, options, site);
    this.#loads = new Loads(name);
    topic.subscribe((payload) => this.#drop(payload as Invalidation));
    topic.onGap(() => this.forget());
  }

  /** Drops every copy of this member, and what is being loaded: invalidations may have been missed. */
  forget(): void {
    this.#loads.invalidateAll();
    this.#copies.dropCopies();
  }

  async get(key: K, options?: CallOptions): Promise<V | undefined> {
    this.#refuseIfFenced();
    return this.#copies.get(key, options);
  }

  async getVersioned(key: K, options?: CallOptions): Promise<Versioned<V> | undefined> {
    this.#refuseIfFenced();
    return this.#copies.getVersioned(key, options);
  }

  async getAll(keys: Iterable<K>, options?: CallOptions): Promise<Map<K, V>> {
    this.#refuseIfFenced();
    return this.#copies.getAll(keys, options);
  }

  async getOrLoad(key: K, load: (key: K) => Promise<V | undefined>, options?: EntryOptions): Promise<V | undefined> {
    const known = await this.get(key, options);
    if (known !== undefined) return known;
    return this.#loads.run(key, async (running) => {
      const loaded = await load(key);
      this.#refuseIfFenced();
      // A local put takes effect before it returns, so nothing can come between this look and the copy.
      if (loaded !== undefined && !running.stale) await this.#copies.put(key, loaded, options);
      return loaded;
    });
  }

  /** The truth has a new value: all copies go, and the next `getOrLoad` reads it. */
  async put(key: K, _value: V, options?: EntryOptions): Promise<void> {
    await this.#invalidate([key], options);
  }

  /** Drops the copies on all members. True if this one had any. */
  async remove(key: K, options?: CallOptions): Promise<boolean> {
    this.#refuseIfFenced();
    const had = (await this.#copies.get(key, options)) !== undefined;
    await this.#invalidate([key], options);
    return had;
  }

  clear(options?: CallOptions): Promise<void> {
    return this.#invalidate(null, options);
  }

  putIfAbsent(): Promise<V | undefined> {
    return this.#impossible('putIfAbsent');
  }

  replace(): Promise<boolean> {
    return this.#impossible('replace');
  }

  replaceIfVersion(): Promise<boolean> {
    return this.#impossible('replaceIfVersion');
  }

  removeIfVersion(): Promise<boolean> {
    return this.#impossible('removeIfVersion');
  }

  getAndRemove(): Promise<V | undefined> {
    return this.#impossible('getAndRemove');
  }

  update<R>(): Promise<R> {
    return this.#impossible('update');
  }

  async touch(key: K, options?: CallOptions): Promise<boolean> {
    this.#refuseIfFenced();
    return this.#copies.touch(key, options);
  }

  size(options?: CallOptions): Promise<number> {
    return this.#copies.size(options);
  }

  async scan(options?: ScanOptions): Promise<Page<K, V>> {
    this.#refuseIfFenced();
    return this.#copies.scan(options);
  }

  async *entries(options?: IterationOptions): AsyncIterableIterator<readonly [K, V]> {
    this.#refuseIfFenced();
    yield* this.#copies.entries(options);
  }

  async *keys(options?: IterationOptions): AsyncIterableIterator<K> {
    this.#refuseIfFenced();
    yield* this.#copies.keys(options);
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly [K, V]> {
    return this.entries();
  }

  isPrimary(key: K): boolean {
    return this.#copies.isPrimary(key);
  }

  primaryOf(key: K): string | undefined {
    return this.#copies.primaryOf(key);
  }

  on(event: CacheEvent, listener: (key: K) => void): Disposable {
    return this.#copies.on(event, listener);
  }

  get statistics(): CacheStatistics {
    return this.#copies.statistics;
  }

  async #invalidate(keys: Invalidation, options: CallOptions | undefined): Promise<void> {
    this.#refuseIfFenced();
    await this.#drop(keys);
    if (await this.#topic.publish(keys, { timeoutMs: options?.waitMs ?? limits.topicRetainMs, signal: options?.signal })) return;
    throw new GridError(
      'GRID_TIMEOUT',
      `cache ${this.name}: not all members said that they dropped their copies; those that do not answer lose their lease and drop all`,
    );
  }

  async #drop(keys: Invalidation): Promise<void> {
    if (keys === null) {
      this.forget();
      return;
    }
    for (const key of keys) this.#loads.invalidate(key);
    await Promise.all(keys.map((key) => this.#copies.remove(key as K)));
  }

  #refuseIfFenced(): void {
    if (!this.#site.core.serving(this.#site.nowMs()))
      throw new GridError('GRID_FENCED', `cache ${this.name}: this member may have missed invalidations`);
  }

  #impossible(operation: string): Promise<never> {
    return Promise.reject(
      new GridError(
        'GRID_BAD_ARGUMENT',
        `${operation} is impossible in cache ${this.name} of mode invalidation: its truth lies elsewhere. Use getOrLoad, put, remove or clear`,
      ),
    );
  }
}
