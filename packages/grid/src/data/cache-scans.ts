import type { CallOptions, IterationOptions, Page, ScanOptions } from '../api.ts';
import { SEGMENTS } from '../protocol/types.ts';
import type { CacheState } from './cache-state.ts';
import { type CallSite, submitCall } from './call.ts';
import { batches, beginning, checkedBatchSize, page, type ScanSegment } from './iteration.ts';
import { limits } from './limits.ts';
import type { OperationResult } from './messages.ts';
import { fieldsOf, operation } from './messages.ts';

const asItIs = (result: OperationResult): OperationResult => result;
const maxParallelRemovals = 64;

/** What a cache's callers do with all of its entries. */
export class CacheScans<K extends string, V> {
  readonly #site: CallSite;
  readonly #cache: CacheState;
  readonly #name: string;
  readonly #decode: (bytes: Uint8Array) => V;

  constructor(site: CallSite, cache: CacheState, name: string, decode: (bytes: Uint8Array) => V) {
    this.#site = site;
    this.#cache = cache;
    this.#name = name;
    this.#decode = decode;
  }

  /** `remove` ends the entry of a key that the iteration found. */
  async clear(options: CallOptions | undefined, remove: (key: K) => Promise<unknown>): Promise<void> {
    for await (const { rows } of batches(this.#scan(options, true), beginning, limits.maxScan)) {
      for (let start = 0; start < rows.length; start += maxParallelRemovals)
        await Promise.all(rows.slice(start, start + maxParallelRemovals).map(([key]) => remove(key as K)));
    }
  }

  async size(options: CallOptions | undefined): Promise<number> {
    const counts: Promise<number>[] = [];
    for (let segment = 0; segment < SEGMENTS; segment++)
      counts.push(
        submitCall(this.#site, this.#cache, this.#name, segment, fieldsOf(operation.count, ''), options, ({ sequence }) => sequence),
      );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  async page(options: ScanOptions | undefined): Promise<Page<K, V>> {
    const { rows, cursor } = await page(this.#scan(options, false), options);
    return { entries: rows.map(([key, bytes]) => [key as K, this.#decode(bytes)] as const), cursor };
  }

  async *entries(options: IterationOptions | undefined): AsyncIterableIterator<readonly [K, V]> {
    for await (const { rows } of batches(this.#scan(options, false), beginning, checkedBatchSize(options?.batchSize))) {
      for (const [key, bytes] of rows) yield [key as K, this.#decode(bytes)];
    }
  }

  async *keys(options: IterationOptions | undefined): AsyncIterableIterator<K> {
    for await (const { rows } of batches(this.#scan(options, true), beginning, checkedBatchSize(options?.batchSize))) {
      for (const [key] of rows) yield key as K;
    }
  }

  #scan(options: CallOptions | undefined, keysOnly: boolean): ScanSegment {
    return (segment, cursor, batchSize) => {
      const fields = fieldsOf(operation.scan, '', cursor, { epoch: keysOnly ? 1 : 0, sequence: batchSize });
      return submitCall(this.#site, this.#cache, this.#name, segment, fields, options, asItIs);
    };
  }
}
