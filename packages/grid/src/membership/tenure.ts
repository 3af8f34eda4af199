import type { MemberId, ViewBody } from '../protocol/types.ts';
import { ClockWatch } from './clock-watch.ts';
import { type Grants, Lease } from './lease.ts';
import type { Timing } from './timing.ts';

/** Whether this member may serve now: its lease, stretched by the grants of all others, on its own clock. */
export class Tenure {
  readonly grants: Grants;
  readonly #lease: Lease;
  readonly #clock = new ClockWatch();

  constructor(timing: Timing, grants: Grants) {
    this.#lease = new Lease(timing);
    this.grants = grants;
  }

  /** How late the own loop is. If the machine may have slept with its monotonic clock standing still, nothing may be served until the next beat. */
  tick(nowMs: number, wallMs: number): { readonly lateMs: number; readonly slept: boolean } {
    const seen = this.#clock.tick(nowMs, wallMs);
    if (seen.slept) this.suspend();
    return seen;
  }

  /** A beat sent at `sentAtMs` was accepted. */
  accepted(sentAtMs: number, _nowMs: number): void {
    this.#lease.accepted(sentAtMs);
  }

  /** Void until the next accepted beat. */
  suspend(): void {
    this.#lease.suspend();
  }

  drop(): void {
    this.#lease.drop();
  }

  /**
   * `changing`: an own change of the view is not decided. It may have been committed and its answer lost; whoever it let in owes this member
   * no grant, so grants of the older epoch stretch nothing.
   */
  endMs(view: ViewBody | undefined, self: MemberId | undefined, changing: boolean): number {
    if (view === undefined) return Number.NEGATIVE_INFINITY;
    if (changing) return this.#lease.endMs(Number.NEGATIVE_INFINITY);
    const others = view.members.filter(({ id }) => id !== self).map(({ id }) => id);
    return this.#lease.endMs(this.grants.endMs(view.epoch, others));
  }

  holds(view: ViewBody | undefined, self: MemberId | undefined, changing: boolean, nowMs: number): boolean {
    if (view === undefined) return false;
    // Asked several times for each operation: the own beat alone nearly always says yes, and grants can only stretch it.
    return nowMs < this.#lease.endMs(Number.NEGATIVE_INFINITY) || nowMs < this.endMs(view, self, changing);
  }
}
