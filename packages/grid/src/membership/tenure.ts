import type { MemberId, ViewBody } from '../protocol/types.ts';
import { ClockWatch } from './clock-watch.ts';
import type { MembershipFault } from './faults.ts';
import { Grants, Lease } from './lease.ts';
import type { Timing } from './timing.ts';

/** Whether this member may serve now: its lease, stretched by the grants of all others, on its own clock. */
export class Tenure {
  readonly grants: Grants;
  readonly #lease: Lease;
  readonly #clock = new ClockWatch();
  readonly #faults: ReadonlySet<MembershipFault>;
  /** Wall clock minus monotonic clock, now and at the last beat; only the planted fault 'clock-step-trusted' looks at them. */
  #skewMs = 0;
  #skewAtBeatMs = 0;

  constructor(timing: Timing, faults: ReadonlySet<MembershipFault>) {
    this.#lease = new Lease(timing);
    this.grants = new Grants(timing, faults);
    this.#faults = faults;
  }

  /** How late the own loop is. If the machine may have slept with its monotonic clock standing still, nothing may be served until the next beat. */
  tick(nowMs: number, wallMs: number): { readonly lateMs: number; readonly slept: boolean } {
    const seen = this.#clock.tick(nowMs, wallMs);
    this.#skewMs = wallMs - nowMs;
    const slept = seen.slept && !this.#faults.has('clock-step-trusted');
    if (slept) this.suspend();
    return { lateMs: seen.lateMs, slept };
  }

  accepted(sentAtMs: number, nowMs: number): void {
    this.#skewAtBeatMs = this.#skewMs;
    this.#lease.accepted(this.#faults.has('lease-from-answer') ? nowMs : sentAtMs);
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
    const shiftMs = this.#faults.has('clock-step-trusted') ? this.#skewMs - this.#skewAtBeatMs : 0;
    return nowMs + shiftMs < this.endMs(view, self, changing);
  }
}
