import type { MemberId } from '../protocol/types.ts';
import { assert } from './assert.ts';
import type { Commits } from './commit.ts';
import { Fifo } from './fifo.ts';
import { limits } from './limits.ts';
import type { Acknowledge } from './messages.ts';
import type { DataNode } from './node.ts';
import type { PendingWrite } from './pending-write.ts';

/** Writes on their way to one backup in this epoch; numbers run from 1 and are acknowledged cumulatively. */
interface Stream {
  acknowledged: number;
  /** Unacknowledged, oldest first; the first one has number `acknowledged + 1`. */
  readonly queue: Fifo<PendingWrite>;
  progressMs: number;
}

/** The primary's side of replication. */
export class Replicator {
  readonly #node: DataNode;
  readonly #commits: Commits;
  readonly #streams = new Map<MemberId, Stream>();

  constructor(node: DataNode, commits: Commits) {
    this.#node = node;
    this.#commits = commits;
  }

  /** Sends the write to all other write owners of the current epoch; the caller has queued it in its segment. */
  begin(pending: PendingWrite, nowMs: number): void {
    const { cache, segment } = pending;
    const backups = this.#node.backups(cache.shape, segment.index);
    pending.remaining = backups.length;
    pending.sinceMs = nowMs;
    for (const backup of backups) {
      let stream = this.#streams.get(backup);
      if (stream === undefined) {
        stream = { acknowledged: 0, queue: new Fifo(), progressMs: nowMs };
        this.#streams.set(backup, stream);
      }
      const waiting = stream.queue.length;
      assert(waiting <= limits.maxPendingWrites * 2, 'R1 unacknowledged writes of one backup');
      if (waiting === 0) stream.progressMs = nowMs;
      stream.queue.push(pending);
      this.#send(backup, stream.acknowledged + waiting + 1, pending);
    }
    if (pending.remaining === 0) this.#commits.advance(segment, nowMs);
  }

  acknowledged(from: MemberId, message: Acknowledge, nowMs: number): void {
    const stream = this.#streams.get(from);
    if (stream === undefined || message.epoch !== this.#node.epoch) return;
    while (stream.acknowledged < message.upTo) {
      const pending = stream.queue.shift();
      if (pending === undefined) break;
      stream.acknowledged += 1;
      stream.progressMs = nowMs;
      if (pending.remaining > 0) {
        pending.remaining -= 1;
        const { remote } = pending.cache;
        remote.count += 1;
        remote.timeMs += nowMs - pending.sinceMs;
        if (pending.remaining === 0) this.#commits.advance(pending.segment, nowMs);
      }
    }
  }

  /** A new connection lost what was in flight. */
  resend(to: MemberId, nowMs: number): void {
    const stream = this.#streams.get(to);
    if (stream === undefined) return;
    stream.progressMs = nowMs;
    const count = Math.min(stream.queue.length, limits.maxResend);
    this.#node.figures.writesResent += count;
    for (let index = 0; index < count; index++) this.#send(to, stream.acknowledged + index + 1, stream.queue.at(index) as PendingWrite);
  }

  tick(nowMs: number): void {
    for (const [member, stream] of this.#streams) {
      if (stream.queue.length > 0 && nowMs - stream.progressMs >= limits.resendMs) this.resend(member, nowMs);
    }
  }

  /** A new epoch numbers anew; whoever still is primary begins its pending writes again. */
  reset(): void {
    this.#streams.clear();
  }

  #send(to: MemberId, number: number, pending: PendingWrite): void {
    const { cache, segment, write } = pending;
    this.#node.environment.send(to, 'control', {
      kind: 'replicate',
      epoch: this.#node.epoch,
      number,
      cache: cache.id,
      shape: cache.shape,
      segment: segment.index,
      committedEpoch: segment.committedEpoch,
      committedSequence: segment.committedSequence,
      write,
    });
  }
}
