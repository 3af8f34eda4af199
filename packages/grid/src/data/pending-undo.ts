import type { SegmentState } from './cache-state.ts';
import { noResult, status } from './messages.ts';
import type { DataNode } from './node.ts';
import { place, unplace } from './store.ts';

/**
 * This member is no longer primary of the segment: back to the last committed state, before the new epoch is confirmed. Nobody was told
 * of what is undone here; the new primary collects what reached a backup. Writes inherited from a former primary may have been committed
 * by it and stay, as a backup's tail.
 */
export function undoPending(node: DataNode, segment: SegmentState): void {
  const pendings = segment.pending.splice(0);
  for (let index = pendings.length - 1; index >= 0; index--) {
    const pending = pendings[index];
    if (pending === undefined) continue;
    const { cache, write, entry } = pending;
    node.figures.pendingWrites -= 1;
    for (const waiter of pending.waiters) node.answer(waiter.member, waiter.counter, waiter.attempt, status.moved, noResult);
    if (pending.inherited || node.faults.has('demoted-keeps-tail')) {
      if (pending.inherited) segment.tail.unshift(write);
      if (entry !== undefined) {
        entry.pending = false;
        entry.before = undefined;
      }
      if (pending.record !== undefined) pending.record.pending = null;
      continue;
    }
    node.figures.undone += 1;
    if (write.origin !== 0) segment.results.forget(write.origin, write.incarnation, write.counter);
    if (entry === undefined) continue;
    if (segment.entries.get(write.key) !== entry) continue;
    if (entry.before === undefined) unplace(cache, segment, write.key, entry);
    else place(cache, segment, write.key, entry.before);
  }
  if (pendings.some((pending) => !pending.inherited) && !node.faults.has('demoted-keeps-tail')) {
    segment.appliedEpoch = segment.committedEpoch;
    segment.appliedSequence = segment.committedSequence;
  }
  segment.results.forgetLocal();
}

/** A promotion that did not end starts over: inherited writes are a tail again. */
export function backToTail(node: DataNode, segment: SegmentState): void {
  const inherited = segment.pending.splice(0);
  node.figures.pendingWrites -= inherited.length;
  segment.tail.unshift(...inherited.map((pending) => pending.write));
}
