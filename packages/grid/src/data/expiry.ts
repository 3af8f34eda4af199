import type { CacheState, SegmentState } from './cache-state.ts';
import { deadlineOf } from './entry.ts';
import { limits } from './limits.ts';
import type { DataNode } from './node.ts';
import type { Primary } from './primary.ts';

/** The reaper: looks through segments whose earliest deadline has passed, a bounded number of entries a tick. Reads check deadlines themselves. */
export class Expiry {
  readonly #node: DataNode;
  readonly #primary: Primary;
  readonly #serves: (segment: number) => boolean;
  #next = 0;

  constructor(node: DataNode, primary: Primary, serves: (segment: number) => boolean) {
    this.#node = node;
    this.#primary = primary;
    this.#serves = serves;
  }

  tick(nowMs: number): void {
    const gridNowMs = this.#node.environment.gridTimeMs(nowMs);
    let budget: number = limits.expiryBudget;
    for (let step = 0; step < 256 && budget > 0; step++) {
      const index = this.#next;
      this.#next = (this.#next + 1) % 256;
      for (const cache of this.#node.caches.values()) {
        const segment = cache.segments[index];
        if (segment === undefined || segment.nextExpiry > gridNowMs || nowMs - segment.scannedAtMs < limits.expiryScanMs) continue;
        if (!cache.local && !(this.#serves(index) && this.#node.environment.mayServe(nowMs))) continue;
        budget -= this.#scan(cache, segment, gridNowMs, nowMs);
      }
    }
  }

  #scan(cache: CacheState, segment: SegmentState, gridNowMs: number, nowMs: number): number {
    segment.scannedAtMs = nowMs;
    let earliest = Number.POSITIVE_INFINITY;
    const due: string[] = [];
    for (const [key, entry] of segment.entries) {
      if (entry.absent) continue;
      const deadline = deadlineOf(entry);
      if (deadline <= gridNowMs && !entry.pending && this.#node.figures.pendingWrites + due.length < limits.maxPendingWrites) due.push(key);
      else if (deadline < earliest) earliest = deadline;
    }
    const looked = segment.entries.size;
    segment.nextExpiry = earliest;
    for (const key of due) {
      const entry = segment.entries.get(key);
      if (entry === undefined || entry.pending) continue;
      this.#node.figures.expired += 1;
      this.#primary.expire(cache, segment, key, entry, nowMs);
    }
    return looked;
  }
}
