import { recordWrite } from '../../data/backup.ts';
import { committedOf } from '../../data/entry.ts';
import type { DataMessage, Request } from '../../data/messages.ts';
import { noResult, operation, status } from '../../data/messages.ts';
import { applyWrite, dropTombstones } from '../../data/store.ts';
import { readOwners } from '../../protocol/owners.ts';
import type { Lane, MemberId, ViewBody } from '../../protocol/types.ts';
import { NodeData } from '../node-data.ts';

/** Faults of the write path and of reads. Each class changes one thing that passes between the data core and its world. */

/** A write is answered as soon as it has left for the backups. */
export class AnswersBeforeBackups extends NodeData {
  protected override outgoing(to: MemberId, lane: Lane, message: DataMessage): void {
    super.outgoing(to, lane, message);
    if (message.kind !== 'replicate') return;
    const { epoch, number } = message;
    this.surroundings.after(0, () => super.incoming(to, { kind: 'acknowledge', epoch, upTo: number }));
  }
}

/** Reads go to the last owner of the segment, which answers from its copy. */
export class ReadsFromAnyOwner extends NodeData {
  protected override outgoing(to: MemberId, lane: Lane, message: DataMessage): void {
    const { view, self } = this.core.node;
    if (message.kind !== 'request' || message.operation !== operation.get || view === undefined) super.outgoing(to, lane, message);
    else {
      const owner = readOwners(view, message.segment, message.shape.owners).at(-1) ?? to;
      if (owner === self) this.surroundings.after(0, () => super.incoming(self, this.#fromCopy(message)));
      else super.outgoing(owner, lane, message);
    }
  }

  protected override incoming(from: MemberId, message: DataMessage): void {
    const own = message.kind === 'request' && message.operation === operation.get && message.epoch === this.core.node.epoch;
    if (own && this.core.node.primaryOf(message.segment) !== this.core.node.self) this.outgoing(from, 'control', this.#fromCopy(message));
    else super.incoming(from, message);
  }

  #fromCopy({ cache, segment, key, counter, attempt, epoch }: Request): DataMessage {
    const entry = committedOf(this.core.node.caches.get(cache)?.segments[segment]?.entries.get(key));
    const found = entry !== undefined && entry.value !== null;
    const result = found ? { found, value: entry.value, epoch: entry.epoch, sequence: entry.sequence } : noResult;
    return { kind: 'reply', epoch, counter, attempt, status: status.ok, result };
  }
}

/** A backup takes and acknowledges writes of an older epoch. */
export class TakesOldWrites extends NodeData {
  protected override incoming(from: MemberId, message: DataMessage): void {
    const { node } = this.core;
    if (message.kind !== 'replicate' || message.epoch >= node.epoch) {
      super.incoming(from, message);
      return;
    }
    const cache = node.cache(message.cache, message.shape);
    const segment = cache.segment(message.segment);
    const { write } = message;
    if (!segment.isApplied(write.epoch, write.sequence)) {
      applyWrite(cache, segment, write, node.moving);
      recordWrite(segment, write);
      segment.noteApplied(write.epoch, write.sequence);
    }
    this.outgoing(from, 'control', { kind: 'acknowledge', epoch: message.epoch, upTo: message.number });
  }
}

/** An answer without effect does not wait for the write that it observed. */
export class AnswersFromPending extends NodeData {
  protected override incoming(from: MemberId, message: DataMessage): void {
    super.incoming(from, message);
    if (message.kind !== 'request') return;
    const segment = this.core.node.caches.get(message.cache)?.segments[message.segment];
    for (const pending of segment?.pending ?? []) {
      const observers = pending.waiters.filter(
        ({ member, counter }) => member !== pending.write.origin || counter !== pending.write.counter,
      );
      pending.waiters = pending.waiters.filter((waiter) => !observers.includes(waiter));
      for (const { member, counter, attempt, result } of observers) this.core.node.answer(member, counter, attempt, status.ok, result);
    }
  }
}

/** The lease is asked when the request comes in; the work and its answer follow a little later, whatever has happened to the lease. */
export class ChecksLeaseBeforeWork extends NodeData {
  #checked = false;

  protected override incoming(from: MemberId, message: DataMessage): void {
    if (message.kind !== 'request' || !super.mayServe(this.surroundings.nowMs())) super.incoming(from, message);
    else
      this.surroundings.after(this.surroundings.handlingMs(), () => {
        this.#checked = true;
        super.incoming(from, message);
        this.core.flush();
        this.#checked = false;
      });
  }

  protected override mayServe(nowMs: number): boolean {
    return this.#checked || super.mayServe(nowMs);
  }
}

/** Removals leave no trace while data moves. */
export class DropsTombstonesEarly extends NodeData {
  protected override incoming(from: MemberId, message: DataMessage): void {
    super.incoming(from, message);
    for (const cache of this.caches) for (const segment of cache.segments) if (segment !== undefined) dropTombstones(segment);
  }
}

/** In SWITCH writes go to the next owners alone. */
export class NarrowsWritersEarly extends NodeData {
  override install(view: ViewBody, nowMs: number): void {
    super.install(view.phase === 'SWITCH' && view.target !== null ? { ...view, table: view.target } : view, nowMs);
  }
}
