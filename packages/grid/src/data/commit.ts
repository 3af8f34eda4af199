import { assert } from './assert.ts';
import type { CacheState, SegmentState } from './cache-state.ts';
import { toldCommitted } from './idle.ts';
import { status } from './messages.ts';
import type { DataNode } from './node.ts';
import type { PendingWrite } from './pending-write.ts';
import { settle, unplace } from './store.ts';
import { compareVersions } from './version.ts';

/** The commit point of a write: every write owner of the current epoch has it, and the lease still holds. */
export class Commits {
  readonly #node: DataNode;
  /** Acknowledged by all while the lease could not be proved; tried again at each tick. */
  readonly #stalled = new Set<SegmentState>();
  /** Told when an inherited write is committed (promotion waits for all of them). */
  onInherited: (segment: number, nowMs: number) => void = () => {};

  constructor(node: DataNode) {
    this.#node = node;
  }

  /** Commits from the front of the segment's queue as far as acknowledgements reach. */
  advance(segment: SegmentState, nowMs: number): void {
    for (;;) {
      const write = segment.pending.first;
      if (write === undefined || write.remaining > 0) break;
      if (!write.cache.local && !this.#node.environment.mayServe(nowMs)) {
        this.#stalled.add(segment);
        return;
      }
      segment.pending.shift();
      this.#commit(write, segment, nowMs);
    }
    this.#stalled.delete(segment);
  }

  tick(nowMs: number): void {
    for (const segment of [...this.#stalled]) this.advance(segment, nowMs);
  }

  reset(): void {
    this.#stalled.clear();
  }

  #commit(pending: PendingWrite, segment: SegmentState, nowMs: number): void {
    const { write, entry, record, cache } = pending;
    assert(
      compareVersions(write.epoch, write.sequence, segment.committedEpoch, segment.committedSequence) > 0,
      'D6 versions increase along commits',
    );
    segment.noteCommitted(write.epoch, write.sequence);
    this.#node.figures.pendingWrites -= 1;
    if (record !== undefined) record.pending = null;
    // Answers that spoke of this write: from here on they hold by themselves.
    for (const { record: other } of pending.waiters) if (other !== undefined) other.pending = null;
    if (segment.told !== undefined) toldCommitted(segment, pending);
    if (entry !== undefined) {
      if (!entry.absent || this.keepTombstones(cache) || segment.entries.get(write.key) !== entry) settle(segment, write.key, entry);
      else {
        entry.pending = false;
        entry.before = undefined;
        unplace(cache, segment, write.key, entry);
      }
      cache.emit(!entry.absent ? 'stored' : write.origin === 0 ? 'expired' : 'removed', write.key);
      if (cache.eviction !== undefined) this.#evict(cache);
    }
    for (const waiter of pending.waiters) this.#node.answer(waiter.member, waiter.counter, waiter.attempt, status.ok, waiter.result);
    if (pending.inherited) this.onInherited(segment.index, nowMs);
  }

  /** While data moves, a removal must leave a trace, or a copy under way would bring the entry back (D4). */
  keepTombstones(cache: CacheState): boolean {
    return !cache.local && this.#node.moving;
  }

  /** Only caches whose truth lies elsewhere have an eviction order (D10). */
  #evict(cache: CacheState): void {
    const order = cache.eviction;
    while (order?.overfull) {
      const victim = order.victim();
      const segment = victim === undefined ? undefined : cache.segments[victim.segment];
      const entry = victim === undefined ? undefined : segment?.entries.get(victim.key);
      if (victim === undefined || segment === undefined || entry === undefined || entry.pending) return;
      unplace(cache, segment, victim.key, entry);
      this.#node.figures.evicted += 1;
      cache.emit('evicted', victim.key);
    }
  }
}
