/** The largest value of the last while, whoever reads it and how often: one period is gathered, the one before it is still told. */
export class RecentMax {
  readonly #periodMs: number;
  #sinceMs: number;
  #now = 0;
  #before = 0;

  constructor(periodMs: number, nowMs: number) {
    this.#periodMs = periodMs;
    this.#sinceMs = nowMs;
  }

  add(value: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#now = Math.max(this.#now, value);
  }

  /** Of at least the last period, and at most the last two. */
  read(nowMs: number): number {
    this.#turn(nowMs);
    return Math.max(this.#now, this.#before);
  }

  #turn(nowMs: number): void {
    const periods = Math.floor((nowMs - this.#sinceMs) / this.#periodMs);
    if (periods < 1) return;
    this.#before = periods === 1 ? this.#now : 0;
    this.#now = 0;
    this.#sinceMs += periods * this.#periodMs;
  }
}
