import type { Cache, CacheEvent, CacheOptions, Codec, EntryOptions, Versioned } from '../api.ts';
import { GridError } from '../errors.ts';
import { SEGMENTS } from '../protocol/types.ts';
import { encodeUpdates, shapeOf } from './cache-options.ts';
import type { CacheState } from './cache-state.ts';
import { type Call, noCall, submitCall } from './call.ts';
import { messagePackCodec, pack, unpack } from './codec.ts';
import type { DataCore } from './core.ts';
import { limits } from './limits.ts';
import type { OperationCode, OperationResult } from './messages.ts';
import { operation } from './messages.ts';
import { readScan, scanCursor } from './scan.ts';
import { segmentOf } from './segment-hash.ts';
import { Statistics } from './statistics.ts';
import { parseVersion, versionText } from './version.ts';

/** What the promise edge needs beside the core. */
export interface ClientEnvironment {
  readonly core: DataCore;
  /** Own monotonic clock. */
  nowMs(): number;
  memberName(id: number): string | undefined;
}

const asItIs = (result: OperationResult): OperationResult => result;
const maxParallelRemovals = 64;

/** A cache as callers see it: values and promises outside, bytes and the synchronous core inside. */
export class CacheClient<V> implements Cache<V> {
  readonly name: string;
  readonly statistics: Statistics;
  readonly #environment: ClientEnvironment;
  readonly #core: DataCore;
  readonly #cache: CacheState;
  readonly #codec: Codec<V>;
  readonly #options: CacheOptions<V>;
  readonly #listeners = new Map<CacheEvent, Set<(key: string) => void>>();

  constructor(name: string, options: CacheOptions<V>, environment: ClientEnvironment) {
    this.name = name;
    this.#environment = environment;
    this.#core = environment.core;
    this.#options = options;
    this.#codec = options.codec ?? messagePackCodec<V>();
    this.#cache = this.#core.open({
      name,
      shape: shapeOf(name, options),
      updates: encodeUpdates(options.updates, this.#codec),
      maxCount: options.maxCount,
      listener: (event, key) => this.#emit(event, key),
    });
    this.statistics = new Statistics(this.#cache, (segment) => this.#core.node.isPrimary(this.#cache, segment));
  }

  get(key: string, options?: { signal?: AbortSignal; waitMs?: number }): Promise<V | undefined> {
    const startedMs = this.#environment.nowMs();
    const finish = (result: OperationResult): V | undefined => {
      this.statistics.read(result.value !== null, this.#environment.nowMs() - startedMs);
      return this.#valueOf(result);
    };
    return this.#cache.replicated
      ? this.#readOwn(key, options, startedMs, finish)
      : this.#call(operation.get, key, options ?? noCall, finish);
  }

  async getVersioned(key: string): Promise<Versioned<V> | undefined> {
    return this.#call(operation.get, key, noCall, (result) =>
      result.value === null ? undefined : { value: this.#codec.decode(result.value), version: versionText(result.epoch, result.sequence) },
    );
  }

  async getAll(keys: readonly string[]): Promise<Map<string, V>> {
    const values = await Promise.all(keys.map((key) => this.get(key)));
    const found = new Map<string, V>();
    keys.forEach((key, index) => {
      const value = values[index];
      if (value !== undefined) found.set(key, value);
    });
    return found;
  }

  async put(key: string, value: V, options?: EntryOptions): Promise<void> {
    await this.#store(operation.put, key, value, options);
  }

  async putIfAbsent(key: string, value: V, options?: EntryOptions): Promise<V | undefined> {
    return this.#valueOf(await this.#store(operation.putIfAbsent, key, value, options));
  }

  async replace(key: string, value: V, options?: EntryOptions): Promise<boolean> {
    return (await this.#store(operation.replace, key, value, options)).found;
  }

  async replaceIfVersion(key: string, value: V, version: string, options?: EntryOptions): Promise<boolean> {
    const expected = parseVersion(version);
    if (expected === undefined) return false;
    return (await this.#store(operation.replaceIfVersion, key, value, options, expected)).found;
  }

  async remove(key: string): Promise<boolean> {
    return (await this.#remove(operation.remove, key, noCall)).found;
  }

  async removeIfVersion(key: string, version: string): Promise<boolean> {
    const expected = parseVersion(version);
    return (
      expected !== undefined &&
      (await this.#remove(operation.removeIfVersion, key, { ifEpoch: expected.epoch, ifSequence: expected.sequence })).found
    );
  }

  async getAndRemove(key: string): Promise<V | undefined> {
    return this.#valueOf(await this.#remove(operation.getAndRemove, key, noCall));
  }

  async touch(key: string): Promise<boolean> {
    return (await this.#call(operation.touch, key, noCall, asItIs)).found;
  }

  async update<R>(key: string, name: string, argument: unknown, options?: EntryOptions): Promise<R> {
    const startedMs = this.#environment.nowMs();
    const result = await this.#call(operation.update, key, { ...this.#entryOptions(options), value: pack(argument), update: name }, asItIs);
    this.statistics.stored(this.#environment.nowMs() - startedMs);
    return (result.value === null ? undefined : unpack(result.value)) as R;
  }

  /** Removes what an iteration finds; what others put meanwhile may stay. */
  async clear(): Promise<void> {
    for (let segment = 0; segment < SEGMENTS; segment++) {
      for await (const rows of this.#batches(segment, limits.maxScan, undefined)) {
        for (let start = 0; start < rows.length; start += maxParallelRemovals) {
          await Promise.all(
            rows.slice(start, start + maxParallelRemovals).map(([key]) => this.#call(operation.remove, key, noCall, asItIs)),
          );
        }
      }
    }
  }

  async size(): Promise<number> {
    const counts: Promise<OperationResult>[] = [];
    for (let segment = 0; segment < SEGMENTS; segment++) counts.push(this.#submit(operation.count, '', segment, noCall, asItIs));
    let size = 0;
    for (const result of await Promise.all(counts)) size += result.sequence;
    return size;
  }

  async *entries(options?: { batchSize?: number; signal?: AbortSignal }): AsyncIterableIterator<readonly [string, V]> {
    for (let segment = 0; segment < SEGMENTS; segment++) {
      for await (const rows of this.#batches(segment, options?.batchSize ?? 200, options?.signal)) {
        for (const [key, bytes] of rows) yield [key, this.#codec.decode(bytes)];
      }
    }
  }

  isPrimary(key: string): boolean {
    return this.#cache.replicated || this.#core.node.isPrimary(this.#cache, this.#segmentOf(key));
  }

  primaryOf(key: string): string | undefined {
    const { node } = this.#core;
    const member = this.#cache.local ? node.self : node.primaryOf(this.#segmentOf(key));
    return member === undefined ? undefined : this.#environment.memberName(member);
  }

  on(event: CacheEvent, listener: (key: string) => void): Disposable {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return { [Symbol.dispose]: () => void listeners.delete(listener) };
  }

  async *#batches(
    segment: number,
    batchSize: number,
    signal: AbortSignal | undefined,
  ): AsyncIterableIterator<(readonly [string, Uint8Array])[]> {
    if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > limits.maxScan)
      throw new GridError('GRID_BAD_ARGUMENT', `batch size ${batchSize}, allowed are 1 to ${limits.maxScan}`);
    let cursor: Uint8Array | null = null;
    for (;;) {
      const result: OperationResult = await this.#submit(
        operation.scan,
        '',
        segment,
        { value: cursor, ifSequence: batchSize, signal },
        asItIs,
      );
      if (result.value !== null) yield readScan(result.value);
      if (!result.found) return;
      cursor = scanCursor(result.sequence);
    }
  }

  async #readOwn<R>(key: string, call: Call | undefined, nowMs: number, finish: (result: OperationResult) => R): Promise<R> {
    const own = this.#core.readOwnCopy(this.#cache, this.#segmentOf(key), key, nowMs);
    return own === undefined ? this.#call(operation.get, key, call ?? noCall, finish) : finish(own);
  }

  #store(
    code: OperationCode,
    key: string,
    value: V,
    options: EntryOptions | undefined,
    expected?: { readonly epoch: number; readonly sequence: number },
  ): Promise<OperationResult> {
    const startedMs = this.#environment.nowMs();
    const bytes = this.#codec.encode(value);
    if (bytes.length > limits.maxValueBytes)
      throw new GridError(
        'GRID_BAD_ARGUMENT',
        `value of ${bytes.length} bytes in cache ${this.name}, at most ${limits.maxValueBytes} allowed`,
      );
    const call: Call = {
      value: bytes,
      lifespanMs: options?.lifespanMs ?? this.#options.lifespanMs,
      maxIdleMs: options?.maxIdleMs ?? this.#options.maxIdleMs,
      ifEpoch: expected?.epoch,
      ifSequence: expected?.sequence,
      signal: options?.signal,
      waitMs: options?.waitMs,
    };
    return this.#call(code, key, call, (result) => {
      this.statistics.stored(this.#environment.nowMs() - startedMs);
      return result;
    });
  }

  async #remove(code: OperationCode, key: string, call: Call): Promise<OperationResult> {
    const startedMs = this.#environment.nowMs();
    const result = await this.#call(code, key, call, asItIs);
    this.statistics.removed(result.found, this.#environment.nowMs() - startedMs);
    return result;
  }

  #entryOptions(options: EntryOptions | undefined): Call {
    return {
      lifespanMs: options?.lifespanMs ?? this.#options.lifespanMs ?? -1,
      maxIdleMs: options?.maxIdleMs ?? this.#options.maxIdleMs ?? -1,
      signal: options?.signal,
      waitMs: options?.waitMs,
    };
  }

  #valueOf(result: OperationResult): V | undefined {
    return result.value === null ? undefined : this.#codec.decode(result.value);
  }

  #segmentOf(key: string): number {
    return segmentOf(this.#options.partitionKey === undefined ? key : this.#options.partitionKey(key));
  }

  /** `finish` makes of the result what the caller gets, so that an operation needs one promise only. */
  #call<R>(code: OperationCode, key: string, call: Call, finish: (result: OperationResult) => R): Promise<R> {
    if (key.length > limits.maxKeyLength)
      return this.#refuse(`key of ${key.length} units in cache ${this.name}, at most ${limits.maxKeyLength} allowed`);
    if (!key.isWellFormed()) return this.#refuse(`key with a lone surrogate in cache ${this.name}`);
    try {
      return this.#submit(code, key, this.#segmentOf(key), call, finish);
    } catch (error) {
      // The cache's own function of the partition key may throw; callers get rejections only.
      return Promise.reject(error);
    }
  }

  #refuse(detail: string): Promise<never> {
    return Promise.reject(new GridError('GRID_BAD_ARGUMENT', detail));
  }

  #submit<R>(code: OperationCode, key: string, segment: number, call: Call, finish: (result: OperationResult) => R): Promise<R> {
    const { core, nowMs } = this.#environment;
    return submitCall({ core, cache: this.#cache, cacheName: this.name, nowMs: nowMs() }, code, key, segment, call, finish);
  }

  #emit(event: CacheEvent, key: string): void {
    if (event === 'evicted') this.statistics.evictions += 1;
    else if (event === 'expired') this.statistics.expirations += 1;
    for (const listener of this.#listeners.get(event) ?? []) listener(key);
  }
}
