import type {
  Cache,
  CacheEvent,
  CacheOptions,
  CallOptions,
  Codec,
  EntryOptions,
  IterationOptions,
  Page,
  ScanOptions,
  Versioned,
} from '../api.ts';
import { GridError } from '../errors.ts';
import { CacheEvents } from './cache-events.ts';
import { checkedSpan, encodeUpdates, shapeOf } from './cache-options.ts';
import { CacheScans } from './cache-scans.ts';
import type { CacheState } from './cache-state.ts';
import { type CallSite, type Finish, submitCall } from './call.ts';
import { messagePackCodec, pack, unpack } from './codec.ts';
import type { DataCore } from './core.ts';
import { limits } from './limits.ts';
import { Loads } from './loads.ts';
import type { OperationCode, OperationFields, OperationResult } from './messages.ts';
import { fieldsOf, operation } from './messages.ts';
import { segmentOf } from './segment-hash.ts';
import { Statistics } from './statistics.ts';
import { parseVersion, versionText } from './version.ts';

const wasFound = (result: OperationResult): boolean => result.found;
const asItIs = (result: OperationResult): OperationResult => result;

/** A cache as callers see it: values and promises outside, bytes and the synchronous core inside. */
export class CacheClient<K extends string, V> implements Cache<K, V> {
  readonly name: string;
  readonly statistics: Statistics;
  readonly #environment: CallSite;
  readonly #core: DataCore;
  readonly #cache: CacheState;
  readonly #codec: Codec<V>;
  readonly #options: CacheOptions<V>;
  readonly #events: CacheEvents;
  readonly #loads: Loads<V>;
  readonly #scans: CacheScans<K, V>;
  // What becomes of results: one function for all calls, since one for each would cost as much as the call's promise.
  readonly #read: Finish<V | undefined> = (result, tookMs) => {
    this.statistics.read(result.value !== null, tookMs);
    return this.#valueOf(result);
  };
  readonly #stored: Finish<void> = (_result, tookMs) => this.statistics.stored(tookMs);
  readonly #storedBeside: Finish<V | undefined> = (result, tookMs) => {
    this.statistics.stored(tookMs);
    return this.#valueOf(result);
  };
  readonly #replaced: Finish<boolean> = (result, tookMs) => {
    this.statistics.stored(tookMs);
    return result.found;
  };
  readonly #updated: Finish<unknown> = (result, tookMs) => {
    this.statistics.stored(tookMs);
    return result.value === null ? undefined : unpack(result.value);
  };
  readonly #removed: Finish<boolean> = (result, tookMs) => {
    this.statistics.removed(result.found, tookMs);
    return result.found;
  };
  readonly #taken: Finish<V | undefined> = (result, tookMs) => {
    this.statistics.removed(result.found, tookMs);
    return this.#valueOf(result);
  };

  constructor(name: string, options: CacheOptions<V>, environment: CallSite) {
    this.name = name;
    this.#environment = environment;
    this.#core = environment.core;
    this.#options = options;
    this.#codec = options.codec ?? messagePackCodec<V>();
    this.#events = new CacheEvents((event, error) => environment.failed(`a listener of '${event}' of cache ${name}`, error));
    this.#loads = new Loads(name);
    this.#cache = this.#core.open({
      name,
      shape: shapeOf(name, options),
      updates: encodeUpdates(options.updates, this.#codec),
      maxCount: options.maxCount,
      listener: (event, key) => this.#emit(event, key),
    });
    this.#scans = new CacheScans(environment, this.#cache, name, (bytes) => this.#codec.decode(bytes));
    this.statistics = new Statistics(
      this.#cache,
      (segment) => this.#core.node.isPrimary(this.#cache, segment),
      () => this.#core.segmentsAwaited(this.#cache),
      environment.hooks?.counted && ((kind, tookMs) => environment.hooks?.counted?.(name, kind, tookMs)),
    );
  }

  get(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#cache.replicated ? this.#readOwn(key, options) : this.#call(fieldsOf(operation.get, key), options, this.#read);
  }

  getVersioned(key: K, options?: CallOptions): Promise<Versioned<V> | undefined> {
    return this.#call(fieldsOf(operation.get, key), options, (result) =>
      result.value === null ? undefined : { value: this.#codec.decode(result.value), version: versionText(result.epoch, result.sequence) },
    );
  }

  async getAll(keys: Iterable<K>, options?: CallOptions): Promise<Map<K, V>> {
    const wanted = [...new Set(keys)];
    const values = await Promise.all(wanted.map((key) => this.get(key, options)));
    const found = new Map<K, V>();
    wanted.forEach((key, index) => {
      const value = values[index];
      if (value !== undefined) found.set(key, value);
    });
    return found;
  }

  async getOrLoad(key: K, load: (key: K) => Promise<V | undefined>, options?: EntryOptions): Promise<V | undefined> {
    const known = await this.get(key, options);
    if (known !== undefined) return known;
    return this.#loads.run(key, async () => {
      const loaded = await load(key);
      return loaded === undefined ? undefined : ((await this.putIfAbsent(key, loaded, options)) ?? loaded);
    });
  }

  put(key: K, value: V, options?: EntryOptions): Promise<void> {
    return this.#store(operation.put, key, value, options, this.#stored);
  }

  putIfAbsent(key: K, value: V, options?: EntryOptions): Promise<V | undefined> {
    return this.#store(operation.putIfAbsent, key, value, options, this.#storedBeside);
  }

  replace(key: K, value: V, options?: EntryOptions): Promise<boolean> {
    return this.#store(operation.replace, key, value, options, this.#replaced);
  }

  async replaceIfVersion(key: K, value: V, version: string, options?: EntryOptions): Promise<boolean> {
    const expected = parseVersion(version);
    return expected !== undefined && this.#store(operation.replaceIfVersion, key, value, options, this.#replaced, expected);
  }

  remove(key: K, options?: CallOptions): Promise<boolean> {
    return this.#call(fieldsOf(operation.remove, key), options, this.#removed);
  }

  async removeIfVersion(key: K, version: string, options?: CallOptions): Promise<boolean> {
    const expected = parseVersion(version);
    if (expected === undefined) return false;
    return this.#call(fieldsOf(operation.removeIfVersion, key, null, expected), options, this.#removed);
  }

  getAndRemove(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#call(fieldsOf(operation.getAndRemove, key), options, this.#taken);
  }

  touch(key: K, options?: CallOptions): Promise<boolean> {
    return this.#call(fieldsOf(operation.touch, key), options, wasFound);
  }

  async update<R>(key: K, name: string, argument: unknown, options?: EntryOptions): Promise<R> {
    if (this.#cache.updates?.has(name) !== true)
      throw new GridError('GRID_BAD_ARGUMENT', `cache ${this.name} has no update function '${name.slice(0, 80)}'`);
    const fields = this.#fieldsOf(operation.update, key, pack(argument), options, undefined, name);
    return this.#call(fields, options, this.#updated) as Promise<R>;
  }

  clear(options?: CallOptions): Promise<void> {
    return this.#scans.clear(options, (key) => this.#call(fieldsOf(operation.remove, key), options, asItIs));
  }

  size(options?: CallOptions): Promise<number> {
    return this.#scans.size(options);
  }

  scan(options?: ScanOptions): Promise<Page<K, V>> {
    return this.#scans.page(options);
  }

  entries(options?: IterationOptions): AsyncIterableIterator<readonly [K, V]> {
    return this.#scans.entries(options);
  }

  keys(options?: IterationOptions): AsyncIterableIterator<K> {
    return this.#scans.keys(options);
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly [K, V]> {
    return this.entries();
  }

  /** Forgets all that this member holds of a cache of its own, at once and without events. */
  dropCopies(): void {
    if (this.#cache.local) this.#cache.dropAll();
  }

  isPrimary(key: K): boolean {
    return this.#cache.replicated || this.#core.node.isPrimary(this.#cache, this.#segmentOf(key));
  }

  primaryOf(key: K): string | undefined {
    const { node } = this.#core;
    const member = this.#cache.local ? node.self : node.primaryOf(this.#segmentOf(key));
    return member === undefined ? undefined : this.#environment.memberName(member);
  }

  on(event: CacheEvent, listener: (key: K) => void): Disposable {
    return this.#events.on(event, listener as (key: string) => void);
  }

  async #readOwn(key: K, options: CallOptions | undefined): Promise<V | undefined> {
    const nowMs = this.#environment.nowMs();
    const own = options?.signal?.aborted ? undefined : this.#core.ownReads.copy(this.#cache, this.#segmentOf(key), key, nowMs);
    if (own === undefined) return this.#call(fieldsOf(operation.get, key), options, this.#read);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#environment.breathe?.(nowMs, resolve) === true) await promise;
    return this.#read(own, this.#environment.nowMs() - nowMs);
  }

  #store<R>(
    code: OperationCode,
    key: K,
    value: V,
    options: EntryOptions | undefined,
    finish: Finish<R>,
    expected?: ReturnType<typeof parseVersion>,
  ): Promise<R> {
    let fields: OperationFields;
    try {
      fields = this.#fieldsOf(code, key, this.#encode(value), options, expected);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#call(fields, options, finish);
  }

  #encode(value: V): Uint8Array {
    if (value === undefined)
      throw new GridError('GRID_BAD_ARGUMENT', `value undefined in cache ${this.name}; to remove an entry, remove it`);
    const bytes = this.#codec.encode(value);
    if (bytes.length <= limits.maxValueBytes) return bytes;
    const detail = `value of ${bytes.length} bytes in cache ${this.name}, at most ${limits.maxValueBytes} allowed`;
    throw new GridError('GRID_BAD_ARGUMENT', detail);
  }

  #fieldsOf(
    code: OperationCode,
    key: K,
    value: Uint8Array,
    options: EntryOptions | undefined,
    expected?: ReturnType<typeof parseVersion>,
    update?: string,
  ): OperationFields {
    const lifespanMs = checkedSpan('lifespanMs', options?.lifespanMs ?? this.#options.lifespanMs ?? -1);
    const maxIdleMs = checkedSpan('maxIdleMs', options?.maxIdleMs ?? this.#options.maxIdleMs ?? -1);
    return fieldsOf(code, key, value, expected, lifespanMs, maxIdleMs, update);
  }

  #valueOf(result: OperationResult): V | undefined {
    return result.value === null ? undefined : this.#codec.decode(result.value);
  }

  #segmentOf(key: string): number {
    return segmentOf(this.#options.partitionKey === undefined ? key : this.#options.partitionKey(key));
  }

  #call<R>(fields: OperationFields, options: CallOptions | undefined, finish: Finish<R>): Promise<R> {
    const { key } = fields;
    if (key.length > limits.maxKeyLength)
      return this.#refuse(`key of ${key.length} units in cache ${this.name}, at most ${limits.maxKeyLength} allowed`);
    if (!key.isWellFormed()) return this.#refuse(`key with a lone surrogate in cache ${this.name}`);
    try {
      return submitCall(this.#environment, this.#cache, this.name, this.#segmentOf(key), fields, options, finish);
    } catch (error) {
      // The cache's own function of the partition key may throw; callers get rejections only.
      return Promise.reject(error);
    }
  }

  #refuse(detail: string): Promise<never> {
    return Promise.reject(new GridError('GRID_BAD_ARGUMENT', detail));
  }

  #emit(event: CacheEvent, key: string): void {
    if (event === 'evicted') this.statistics.evictions += 1;
    else if (event === 'expired') this.statistics.expirations += 1;
    this.#events.emit(event, key);
  }
}
