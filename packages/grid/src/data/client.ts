import type { Cache, CacheEvent, CacheOptions, Codec, EntryOptions, Versioned } from '../api.ts';
import { GridError, type GridErrorCode, gridErrors } from '../errors.ts';
import { SEGMENTS } from '../protocol/types.ts';
import { encodeUpdates, shapeOf } from './cache-options.ts';
import type { CacheState } from './cache-state.ts';
import { messagePackCodec, pack, unpack } from './codec.ts';
import type { DataCore } from './core.ts';
import { limits } from './limits.ts';
import type { OperationCode, OperationFields, OperationResult } from './messages.ts';
import { operation } from './messages.ts';
import type { Done } from './origin.ts';
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

interface Call {
  readonly value?: Uint8Array | null;
  readonly lifespanMs?: number | undefined;
  readonly maxIdleMs?: number | undefined;
  readonly ifEpoch?: number;
  readonly ifSequence?: number;
  readonly update?: string;
  readonly signal?: AbortSignal | undefined;
  readonly waitMs?: number | undefined;
}

const textDecoder = new TextDecoder();
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

  async get(key: string, options?: { signal?: AbortSignal; waitMs?: number }): Promise<V | undefined> {
    const result = await this.#read(key, options);
    return result.value === null ? undefined : this.#codec.decode(result.value);
  }

  async getVersioned(key: string): Promise<Versioned<V> | undefined> {
    const result = await this.#call(operation.get, key, {});
    return result.value === null
      ? undefined
      : { value: this.#codec.decode(result.value), version: versionText(result.epoch, result.sequence) };
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
    await this.#store(operation.put, key, value, options, {});
  }

  async putIfAbsent(key: string, value: V, options?: EntryOptions): Promise<V | undefined> {
    const result = await this.#store(operation.putIfAbsent, key, value, options, {});
    return result.value === null ? undefined : this.#codec.decode(result.value);
  }

  async replace(key: string, value: V, options?: EntryOptions): Promise<boolean> {
    return (await this.#store(operation.replace, key, value, options, {})).found;
  }

  async replaceIfVersion(key: string, value: V, version: string, options?: EntryOptions): Promise<boolean> {
    const expected = parseVersion(version);
    if (expected === undefined) return false;
    return (await this.#store(operation.replaceIfVersion, key, value, options, { ifEpoch: expected.epoch, ifSequence: expected.sequence }))
      .found;
  }

  async remove(key: string): Promise<boolean> {
    return (await this.#remove(operation.remove, key, {})).found;
  }

  async removeIfVersion(key: string, version: string): Promise<boolean> {
    const expected = parseVersion(version);
    return (
      expected !== undefined &&
      (await this.#remove(operation.removeIfVersion, key, { ifEpoch: expected.epoch, ifSequence: expected.sequence })).found
    );
  }

  async getAndRemove(key: string): Promise<V | undefined> {
    const result = await this.#remove(operation.getAndRemove, key, {});
    return result.value === null ? undefined : this.#codec.decode(result.value);
  }

  async touch(key: string): Promise<boolean> {
    return (await this.#call(operation.touch, key, {})).found;
  }

  async update<R>(key: string, name: string, argument: unknown, options?: EntryOptions): Promise<R> {
    const startedMs = this.#environment.nowMs();
    const result = await this.#call(operation.update, key, { ...this.#entryOptions(options), value: pack(argument), update: name });
    this.statistics.stored(this.#environment.nowMs() - startedMs);
    return (result.value === null ? undefined : unpack(result.value)) as R;
  }

  /** Removes what an iteration finds; what others put meanwhile may stay. */
  async clear(): Promise<void> {
    for (let segment = 0; segment < SEGMENTS; segment++) {
      for await (const rows of this.#batches(segment, limits.maxScan, undefined)) {
        for (let start = 0; start < rows.length; start += maxParallelRemovals) {
          await Promise.all(rows.slice(start, start + maxParallelRemovals).map(([key]) => this.#call(operation.remove, key, {})));
        }
      }
    }
  }

  async size(): Promise<number> {
    const counts: Promise<OperationResult>[] = [];
    for (let segment = 0; segment < SEGMENTS; segment++) counts.push(this.#submit(operation.count, '', segment, {}));
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
      const result: OperationResult = await this.#submit(operation.scan, '', segment, { value: cursor, ifSequence: batchSize, signal });
      if (result.value !== null) yield readScan(result.value);
      if (!result.found) return;
      cursor = scanCursor(result.sequence);
    }
  }

  async #read(key: string, call: Call = {}): Promise<OperationResult> {
    const startedMs = this.#environment.nowMs();
    const own = this.#cache.replicated ? this.#core.readOwnCopy(this.#cache, this.#segmentOf(key), key, startedMs) : undefined;
    const result = own ?? (await this.#call(operation.get, key, call));
    this.statistics.read(result.value !== null, this.#environment.nowMs() - startedMs);
    return result;
  }

  async #store(code: OperationCode, key: string, value: V, options: EntryOptions | undefined, call: Call): Promise<OperationResult> {
    const startedMs = this.#environment.nowMs();
    const bytes = this.#codec.encode(value);
    if (bytes.length > limits.maxValueBytes)
      throw new GridError(
        'GRID_BAD_ARGUMENT',
        `value of ${bytes.length} bytes in cache ${this.name}, at most ${limits.maxValueBytes} allowed`,
      );
    const result = await this.#call(code, key, { ...call, ...this.#entryOptions(options), value: bytes });
    this.statistics.stored(this.#environment.nowMs() - startedMs);
    return result;
  }

  async #remove(code: OperationCode, key: string, call: Call): Promise<OperationResult> {
    const startedMs = this.#environment.nowMs();
    const result = await this.#call(code, key, call);
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

  #segmentOf(key: string): number {
    return segmentOf(this.#options.partitionKey === undefined ? key : this.#options.partitionKey(key));
  }

  #call(code: OperationCode, key: string, call: Call): Promise<OperationResult> {
    if (key.length > limits.maxKeyLength)
      throw new GridError('GRID_BAD_ARGUMENT', `key of ${key.length} units in cache ${this.name}, at most ${limits.maxKeyLength} allowed`);
    if (!key.isWellFormed()) throw new GridError('GRID_BAD_ARGUMENT', `key with a lone surrogate in cache ${this.name}`);
    return this.#submit(code, key, this.#segmentOf(key), call);
  }

  #submit(code: OperationCode, key: string, segment: number, call: Call): Promise<OperationResult> {
    const { signal } = call;
    const fields: OperationFields = {
      operation: code,
      key,
      value: call.value ?? null,
      lifespanMs: call.lifespanMs ?? -1,
      maxIdleMs: call.maxIdleMs ?? -1,
      ifEpoch: call.ifEpoch ?? 0,
      ifSequence: call.ifSequence ?? 0,
      update: call.update ?? '',
    };
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(new GridError('GRID_ABORTED', `operation on cache ${this.name}`, { cause: signal.reason }));
        return;
      }
      let counter = 0;
      const abort = (): void => this.#core.abandon(counter);
      const done: Done = (failure, result) => {
        signal?.removeEventListener('abort', abort);
        if (failure === undefined) resolve(result);
        else reject(this.#errorOf(failure, result));
      };
      counter = this.#core.submit(this.#cache, segment, fields, this.#environment.nowMs(), done, call.waitMs);
      if (counter !== 0) signal?.addEventListener('abort', abort, { once: true });
    });
  }

  // Keys may be secrets (codes, tokens): errors name the cache only.
  #errorOf(code: GridErrorCode, result: OperationResult): GridError {
    const detail = code === 'GRID_UPDATE_FAILED' && result.value !== null ? textDecoder.decode(result.value) : gridErrors[code].meaning;
    return new GridError(code, `cache ${this.name}: ${detail}`);
  }

  #emit(event: CacheEvent, key: string): void {
    if (event === 'evicted') this.statistics.evictions += 1;
    else if (event === 'expired') this.statistics.expirations += 1;
    for (const listener of this.#listeners.get(event) ?? []) listener(key);
  }
}
