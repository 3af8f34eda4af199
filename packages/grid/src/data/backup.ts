import type { MemberId } from '../protocol/types.ts';
import type { SegmentState } from './cache-state.ts';
import type { Commits } from './commit.ts';
import type { Replicate, Write } from './messages.ts';
import type { DataNode } from './node.ts';
import { applyWrite } from './store.ts';
import { compareVersions } from './version.ts';

/** The backup's side of replication: apply in order, keep the result, acknowledge cumulatively. */
export class Backup {
  readonly #node: DataNode;
  readonly #commits: Commits;
  /** Per sender the last number received without a hole, and its epoch. */
  readonly #received = new Map<MemberId, { epoch: number; upTo: number }>();
  readonly #due = new Set<MemberId>();

  constructor(node: DataNode, commits: Commits) {
    this.#node = node;
    this.#commits = commits;
  }

  /** The caller has checked that the frame's epoch is ours. */
  replicate(from: MemberId, message: Replicate): void {
    let received = this.#received.get(from);
    if (received === undefined || received.epoch !== message.epoch) {
      received = { epoch: message.epoch, upTo: 0 };
      this.#received.set(from, received);
    }
    this.#due.add(from);
    // A hole means that frames were lost: they come again, in order.
    if (message.number !== received.upTo + 1) return;
    received.upTo = message.number;
    this.#apply(message);
  }

  /** Sends the acknowledgements that are due: once per batch of frames, not once per frame. */
  flush(): void {
    if (this.#due.size === 0) return;
    for (const member of this.#due) {
      const received = this.#received.get(member);
      if (received !== undefined)
        this.#node.environment.send(member, 'control', { kind: 'acknowledge', epoch: received.epoch, upTo: received.upTo });
    }
    this.#due.clear();
  }

  reset(): void {
    this.#received.clear();
    this.#due.clear();
  }

  #apply(message: Replicate): void {
    const cache = this.#node.cache(message.cache, message.shape);
    const segment = cache.segment(message.segment);
    const { write } = message;
    if (!segment.isApplied(write.epoch, write.sequence)) {
      applyWrite(cache, segment, write, this.#commits.keepTombstones(cache));
      recordWrite(segment, write);
      segment.noteApplied(write.epoch, write.sequence);
      segment.tail.push(write);
    }
    segment.noteCommitted(message.committedEpoch, message.committedSequence);
    trimTail(segment);
  }
}

/** Keeps the operation's result beside the entry that it made (D8). */
export function recordWrite(segment: SegmentState, write: Write): void {
  if (write.origin === 0) return;
  segment.results.raise(write.origin, write.incarnation, write.mark);
  segment.results.store(write.origin, write.incarnation, { counter: write.counter, result: write.result, pending: null, replicated: true });
}

/** What is known to be committed need not be collected by a later primary. */
export function trimTail(segment: SegmentState): void {
  const { tail } = segment;
  for (let write = tail.first; write !== undefined; write = tail.first) {
    if (compareVersions(write.epoch, write.sequence, segment.committedEpoch, segment.committedSequence) > 0) break;
    tail.shift();
  }
}
