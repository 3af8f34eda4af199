import type { Clock } from '../model/clock.ts';

/** A clock that moves only when a test says so. */
export class ManualClock implements Clock {
  #nowMs: number;

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  nowSeconds(): number {
    return Math.floor(this.#nowMs / 1000);
  }

  advanceSeconds(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }
}
