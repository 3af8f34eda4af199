import type { SegmentState } from './cache-state.ts';
import { assumeUses } from './idle.ts';
import { noResult, status } from './messages.ts';
import type { DataNode } from './node.ts';
import { place, unplace } from './store.ts';

/** Before anything of the new epoch is done: a primary that lost its segment goes back to what it committed. */
export function settlePending(node: DataNode, serves: (segment: number) => boolean): void {
  for (const cache of node.caches.values()) {
    for (const segment of cache.segments) {
      if (segment === undefined || cache.local) continue;
      if (node.primaryOf(segment.index) !== node.self) undoPending(node, segment);
      else if (!serves(segment.index)) backToTail(node, segment);
    }
  }
}

/**
 * This member is no longer primary of the segment: back to the last committed state, before the new epoch is confirmed. Nobody was told
 * of what is undone here; the new primary collects what reached a backup. Writes inherited from a former primary may have been committed
 * by it and stay, as a backup's tail.
 */
export function undoPending(node: DataNode, segment: SegmentState): void {
  const pendings = segment.pending.takeAll();
  for (let index = pendings.length - 1; index >= 0; index--) {
    const pending = pendings[index];
    if (pending === undefined) continue;
    const { cache, write, entry } = pending;
    node.figures.pendingWrites -= 1;
    for (const waiter of pending.waiters) node.answer(waiter.member, waiter.counter, waiter.attempt, status.moved, noResult);
    if (pending.inherited) {
      segment.tail.unshift([write]);
      continue;
    }
    node.figures.undone += 1;
    cache.remote.failures += 1;
    if (write.origin !== 0) segment.results.forget(write.origin, write.incarnation, write.counter);
    if (entry === undefined) continue;
    if (segment.entries.get(write.key) !== entry) continue;
    if (entry.before === undefined) unplace(cache, segment, write.key, entry);
    else place(cache, segment, write.key, entry.before);
  }
  if (pendings.some((pending) => !pending.inherited)) {
    segment.appliedEpoch = segment.committedEpoch;
    segment.appliedSequence = segment.committedSequence;
  }
  assumeUses(segment);
  segment.results.forgetLocal();
}

/** A promotion that did not end starts over: inherited writes are a tail again. */
function backToTail(node: DataNode, segment: SegmentState): void {
  const inherited = segment.pending.takeAll();
  node.figures.pendingWrites -= inherited.length;
  segment.tail.unshift(inherited.map((pending) => pending.write));
}
