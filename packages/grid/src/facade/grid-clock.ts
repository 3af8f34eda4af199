/** Most that the shared time may be corrected in one second, so that no step of a clock ages entries at once. */
const maxSlewPerSecondMs = 50;
/** How fast two clocks may run apart unnoticed: ten times what the crystals of computers do. */
const driftPerSecondMs = 1;

/**
 * Grid time: the own monotonic clock plus an offset to a clock that all members share (the database's, sampled with the beats). A sample says
 * between which two values the offset lies: the answer was made somewhere between the question and its arrival. What is known is where all samples
 * agree, a little wider with every second, so one quick answer outlasts many slow ones. The first sample is taken over whole, later ones are
 * followed by at most 50 ms a second.
 */
export class GridClock {
  #offsetMs: number;
  #leastMs = Number.NEGATIVE_INFINITY;
  #mostMs = Number.POSITIVE_INFINITY;
  #sampledAtMs = Number.NEGATIVE_INFINITY;
  #correctedAtMs: number;

  /** Until the first sample the wall clock at start stands in. */
  constructor(nowMs: number, wallMs: number) {
    this.#offsetMs = wallMs - nowMs;
    this.#correctedAtMs = nowMs;
  }

  /** The shared clock showed `sharedMs` at some time between the two monotonic ones. */
  sample(sharedMs: number, sentAtMs: number, answeredAtMs: number): void {
    const [least, most] = [sharedMs - answeredAtMs, sharedMs - sentAtMs];
    const first = this.#sampledAtMs === Number.NEGATIVE_INFINITY;
    const drift = first ? 0 : (Math.max(0, answeredAtMs - this.#sampledAtMs) / 1_000) * driftPerSecondMs;
    this.#sampledAtMs = Math.max(this.#sampledAtMs, answeredAtMs);
    this.#leastMs = Math.max(this.#leastMs - drift, least);
    this.#mostMs = Math.min(this.#mostMs + drift, most);
    // No offset fits both: one of the clocks was set. The newest sample is right.
    if (this.#leastMs > this.#mostMs) [this.#leastMs, this.#mostMs] = [least, most];
    if (!first) return;
    this.#offsetMs = this.#targetMs;
    this.#correctedAtMs = answeredAtMs;
  }

  now(nowMs: number): number {
    if (this.#sampledAtMs === Number.NEGATIVE_INFINITY) return nowMs + this.#offsetMs;
    const allowedMs = (Math.max(0, nowMs - this.#correctedAtMs) / 1_000) * maxSlewPerSecondMs;
    const missingMs = this.#targetMs - this.#offsetMs;
    this.#offsetMs += Math.max(-allowedMs, Math.min(allowedMs, missingMs));
    this.#correctedAtMs = Math.max(this.#correctedAtMs, nowMs);
    return nowMs + this.#offsetMs;
  }

  get #targetMs(): number {
    return (this.#leastMs + this.#mostMs) / 2;
  }
}
