import type { ViewBody } from '../protocol/types.ts';
import { assert } from './assert.ts';
import type { SegmentState } from './cache-state.ts';
import { limits } from './limits.ts';
import type { DataNode } from './node.ts';
import { murmur3 } from './segment-hash.ts';

/** The keys of a segment in the order of their hashes, as they were when it was made. */
export interface ScanOrder {
  readonly keys: readonly string[];
  readonly hashes: Uint32Array;
}

/** Above the greatest number of keys of a segment, so that hash and place fit one number. */
const places = 2 ** 21;

/**
 * The order of each segment that an iteration is in the midst of, so that not every batch hashes and sorts the whole segment. The first batch of a
 * segment makes it anew; later ones may use it, whoever made it: it is not older than their own first batch, or than the view. What was there
 * then and stayed is in it.
 */
export class ScanOrders {
  readonly #node: DataNode;
  readonly #orders = new Map<SegmentState, ScanOrder>();
  #view: ViewBody | undefined;

  constructor(node: DataNode) {
    this.#node = node;
  }

  get size(): number {
    return this.#orders.size;
  }

  /** `first`: the batch begins the segment. */
  of(segment: SegmentState, first: boolean): ScanOrder {
    if (this.#view !== this.#node.view) {
      this.#orders.clear();
      this.#view = this.#node.view;
    }
    const known = first ? undefined : this.#orders.get(segment);
    const order = known ?? orderOf(segment);
    // The latest used last, so that abandoned ones go first.
    this.#orders.delete(segment);
    if (this.#orders.size >= limits.maxScanOrders) {
      const oldest = this.#orders.keys().next().value;
      if (oldest !== undefined) this.#orders.delete(oldest);
    }
    this.#orders.set(segment, order);
    return order;
  }

  /** The last batch was given. */
  forget(segment: SegmentState): void {
    this.#orders.delete(segment);
  }
}

function orderOf(segment: SegmentState): ScanOrder {
  const keys = [...segment.entries.keys()];
  assert(keys.length < places, 'R1 keys of a segment');
  const sorted = new Float64Array(keys.length);
  for (let place = 0; place < keys.length; place++) sorted[place] = murmur3(keys[place] as string) * places + place;
  sorted.sort();
  const hashes = new Uint32Array(keys.length);
  const ordered: string[] = [];
  for (const [index, both] of sorted.entries()) {
    hashes[index] = Math.floor(both / places);
    ordered.push(keys[both % places] as string);
  }
  return { keys: ordered, hashes };
}
