/** Most that the shared time may be corrected in one second, so that no step of a clock ages entries at once. */
const maxSlewPerSecondMs = 50;
const maxSamples = 8;

interface Sample {
  readonly offsetMs: number;
  readonly roundTripMs: number;
}

/**
 * Grid time: the own monotonic clock plus an offset to a clock that all members share (the database's, sampled with the beats). The first
 * sample is taken over whole, later ones are followed by at most 50 ms a second. Of the last samples the one with the shortest way counts.
 */
export class GridClock {
  #offsetMs: number;
  #targetMs: number;
  #sampled = false;
  #correctedAtMs: number;
  readonly #samples: Sample[] = [];

  /** Until the first sample the wall clock at start stands in. */
  constructor(nowMs: number, wallMs: number) {
    this.#offsetMs = wallMs - nowMs;
    this.#targetMs = this.#offsetMs;
    this.#correctedAtMs = nowMs;
  }

  /** The shared clock showed `sharedMs` at some time between the two monotonic ones. */
  sample(sharedMs: number, sentAtMs: number, answeredAtMs: number): void {
    this.#samples.push({ offsetMs: sharedMs - (sentAtMs + answeredAtMs) / 2, roundTripMs: answeredAtMs - sentAtMs });
    if (this.#samples.length > maxSamples) this.#samples.shift();
    this.#targetMs = this.#samples.reduce((best, each) => (each.roundTripMs < best.roundTripMs ? each : best)).offsetMs;
    if (this.#sampled) return;
    this.#sampled = true;
    this.#offsetMs = this.#targetMs;
    this.#correctedAtMs = answeredAtMs;
  }

  now(nowMs: number): number {
    const allowedMs = (Math.max(0, nowMs - this.#correctedAtMs) / 1_000) * maxSlewPerSecondMs;
    const missingMs = this.#targetMs - this.#offsetMs;
    this.#offsetMs += Math.max(-allowedMs, Math.min(allowedMs, missingMs));
    this.#correctedAtMs = Math.max(this.#correctedAtMs, nowMs);
    return nowMs + this.#offsetMs;
  }
}
