import { isRead } from '../../data/evaluate.ts';
import type { DataMessage, Request } from '../../data/messages.ts';
import type { Identity } from '../../membership/data-port.ts';
import type { Lane, MemberId, ViewBody } from '../../protocol/types.ts';
import { NodeData } from '../node-data.ts';

/** Faults of operation ids, of their results, and of who takes over. */

const attemptFactor = 2 ** 40;

/** A retry carries another operation id; its answer is mapped back. */
export class RetriesUnderNewIds extends NodeData {
  protected override outgoing(to: MemberId, lane: Lane, message: DataMessage): void {
    const again = message.kind === 'request' && message.attempt > 1;
    super.outgoing(to, lane, again ? { ...message, counter: message.counter + message.attempt * attemptFactor } : message);
  }

  protected override incoming(from: MemberId, message: DataMessage): void {
    super.incoming(from, message.kind === 'reply' ? { ...message, counter: message.counter % attemptFactor } : message);
  }
}

/** Result records do not move with their segment. */
export class LeavesResultsBehind extends NodeData {
  protected override incoming(from: MemberId, message: DataMessage): void {
    if (message.kind !== 'transfer') super.incoming(from, message);
    else {
      const records = message.records.map((record) => {
        if (record.type === 'entry') return record;
        const { cache, shape, origin, incarnation } = record;
        return { type: 'mark' as const, cache, shape, origin, incarnation, mark: 0 };
      });
      super.incoming(from, { ...message, records });
    }
  }
}

/** A request below the low-water mark of its origin is executed once more. */
export class ExecutesLateDuplicates extends NodeData {
  protected override incoming(from: MemberId, message: DataMessage): void {
    const stale = message.kind === 'request' && !isRead(message.operation) && this.#isStale(from, message);
    super.incoming(from, stale ? { ...message, counter: message.counter + attemptFactor } : message);
  }

  #isStale(from: MemberId, { cache, segment, incarnation, counter }: Request): boolean {
    const results = this.core.node.caches.get(cache)?.segments[segment]?.results;
    return results?.find(from, incarnation, counter) === 'stale';
  }
}

/** A member that was refused or evicted sends what it had under way again, with the old ids, once it is back. */
export class RetriesOldIds extends NodeData {
  readonly #underWay = new Map<number, Request>();
  #kept: Request[] = [];

  override begin(identity: Identity, nowMs: number): void {
    super.begin(identity, nowMs);
    this.#underWay.clear();
  }

  override install(view: ViewBody, nowMs: number): void {
    super.install(view, nowMs);
    for (const request of this.#kept.splice(0)) {
      const primary = this.core.node.primaryOf(request.segment);
      if (primary !== undefined && primary !== this.core.node.self) super.outgoing(primary, 'control', { ...request, epoch: view.epoch });
    }
  }

  override end(reason: string, nowMs: number): void {
    this.#kept = [...this.#underWay.values()];
    super.end(reason, nowMs);
  }

  protected override outgoing(to: MemberId, lane: Lane, message: DataMessage): void {
    if (message.kind === 'request' && !isRead(message.operation)) this.#underWay.set(message.counter, message);
    super.outgoing(to, lane, message);
  }

  protected override incoming(from: MemberId, message: DataMessage): void {
    if (message.kind === 'reply') this.#underWay.delete(message.counter);
    super.incoming(from, message);
  }
}

/** A primary that loses its role keeps writes that no backup has and that nobody was told of. */
export class DemotedKeepsTail extends NodeData {
  override install(view: ViewBody, nowMs: number): void {
    const next = (segment: number) => (view.phase === 'SWITCH' ? view.target : view.table)?.[segment]?.[0];
    for (const cache of this.caches)
      for (const segment of cache.segments) {
        if (segment === undefined || next(segment.index) === this.identity?.id) continue;
        for (const { entry, record, inherited } of segment.pending.takeAll()) {
          this.core.node.figures.pendingWrites -= 1;
          if (inherited) continue;
          if (entry !== undefined) Object.assign(entry, { pending: false, before: undefined });
          if (record !== undefined) record.pending = null;
        }
      }
    super.install(view, nowMs);
  }
}

/** A new primary serves what it has, without asking the other owners for writes that it may have missed. */
export class PromotesWithoutTail extends NodeData {
  protected override outgoing(to: MemberId, lane: Lane, message: DataMessage): void {
    if (message.kind !== 'tailAsk') super.outgoing(to, lane, message);
    else {
      const { epoch, segments } = message;
      this.surroundings.after(0, () => super.incoming(to, { kind: 'tailAnswer', epoch, segments, writes: [] }));
    }
  }
}

/** A member says that it has everything as soon as it has heard of the epoch. */
export class SkipsConfirmation extends NodeData {
  override install(view: ViewBody, nowMs: number): void {
    super.install(view, nowMs);
    this.surroundings.after(0, () => this.surroundings.confirm(view.epoch, this.surroundings.nowMs()));
  }
}
