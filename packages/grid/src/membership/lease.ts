import type { MemberId } from '../protocol/types.ts';
import type { Timing } from './timing.ts';

/** The right to serve, on the own monotonic clock alone: no database clock and no wall clock enters. */
export class Lease {
  readonly #timing: Timing;
  #beatSentMs = Number.NEGATIVE_INFINITY;
  #suspended = false;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /** Counted from the send: the answer may have been under way for long. */
  accepted(sentAtMs: number): void {
    this.#beatSentMs = Math.max(this.#beatSentMs, sentAtMs);
    this.#suspended = false;
  }

  /** Void until the next accepted beat: the member was revoked, or the machine may have slept with its monotonic clock standing still. */
  suspend(): void {
    this.#suspended = true;
  }

  drop(): void {
    this.#beatSentMs = Number.NEGATIVE_INFINITY;
  }

  /** `grantsEndMs`: earliest end of the peers' grants; stretches the lease to at most G after the last beat. */
  endMs(grantsEndMs: number): number {
    if (this.#suspended) return Number.NEGATIVE_INFINITY;
    return Math.max(this.#beatSentMs + this.#timing.leaseMs, Math.min(grantsEndMs, this.#beatSentMs + this.#timing.graceMs));
  }
}

/** Both sides of the peer grants that bridge an absence of the database. */
export class Grants {
  readonly #timing: Timing;
  readonly #given = new Map<MemberId, number>();
  readonly #held = new Map<MemberId, { epoch: number; sentAtMs: number }>();
  #greatestEpochSeen = 0;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /** Grants are promises within one epoch. */
  ofSameEpoch(given: number, installed: number): boolean {
    return given === installed;
  }

  give(to: MemberId, nowMs: number): void {
    this.#given.set(to, nowMs);
  }

  /** The promise runs from the reply on this clock, with the margin, so that it outlives its use. */
  mayProposeAgainst(id: MemberId, nowMs: number): boolean {
    const givenAt = this.#given.get(id);
    return givenAt === undefined || nowMs >= givenAt + this.#timing.leaseMs * this.#timing.margin;
  }

  receive(from: MemberId, epoch: number, sentAtMs: number): void {
    const held = this.#held.get(from);
    if (held === undefined || held.epoch < epoch || (held.epoch === epoch && held.sentAtMs < sentAtMs))
      this.#held.set(from, { epoch, sentAtMs });
  }

  /** Somebody has installed a greater epoch: grants of the older one count no more. */
  see(epoch: number): void {
    this.#greatestEpochSeen = Math.max(this.#greatestEpochSeen, epoch);
  }

  /** Earliest end among the grants of all `others` at the installed epoch; one missing = no stretch at all. */
  endMs(epoch: number, others: readonly MemberId[]): number {
    if (this.#greatestEpochSeen > epoch && !this.ofSameEpoch(this.#greatestEpochSeen, epoch)) return Number.NEGATIVE_INFINITY;
    let end = Number.POSITIVE_INFINITY;
    for (const id of others) {
      const held = this.#held.get(id);
      if (held === undefined || !this.ofSameEpoch(held.epoch, epoch)) return Number.NEGATIVE_INFINITY;
      end = Math.min(end, held.sentAtMs + this.#timing.leaseMs);
    }
    return end;
  }

  /** Held grants of others than these are void; promises given stay until they have run out, even if their holder left the view meanwhile. */
  keepOnly(ids: ReadonlySet<MemberId>, nowMs: number): void {
    for (const id of this.#held.keys()) if (!ids.has(id)) this.#held.delete(id);
    for (const id of this.#given.keys()) if (!ids.has(id) && this.mayProposeAgainst(id, nowMs)) this.#given.delete(id);
  }
}
