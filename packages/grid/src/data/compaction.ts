import type { CacheState } from './cache-state.ts';
import type { Entry } from './entry.ts';
import { limits } from './limits.ts';
import type { DataNode } from './node.ts';

/**
 * Entries that outlive most of what was written with them would hold whole slabs for a few bytes. While a cache holds more than twice what it
 * has, its entries are walked, so many a tick, and those in sparse slabs are written anew.
 */
export class Compaction {
  readonly #node: DataNode;
  #walk: Iterator<void> | undefined;

  constructor(node: DataNode) {
    this.#node = node;
  }

  tick(): void {
    if (this.#walk === undefined) {
      const wasteful = [...this.#node.caches.values()].find(({ values }) => values.wasteful);
      if (wasteful === undefined) return;
      this.#walk = moveSparse(wasteful);
    }
    for (let step = 0; step < limits.compactionBudget; step += 1) {
      if (this.#walk.next().done !== true) continue;
      this.#walk = undefined;
      return;
    }
  }
}

/** One entry a step. */
function* moveSparse(cache: CacheState): Iterator<void> {
  for (const segment of cache.segments) {
    for (const entry of segment?.entries.values() ?? ([] as Entry[])) {
      if (cache.values.isSparse(entry)) cache.values.move(entry);
      yield;
    }
  }
}
