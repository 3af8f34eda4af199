import type { GridLogLine } from '../api.ts';
import type { Time } from '../facade/time.ts';

/** For what is said as long as it lasts: at once, and again at most every `intervalMs`, whatever the words. */
export class RepeatedLine {
  readonly #time: Time;
  readonly #log: (line: GridLogLine) => void;
  #nextMs = Number.NEGATIVE_INFINITY;
  #said = false;

  constructor(time: Time, log: (line: GridLogLine) => void) {
    this.#time = time;
    this.#log = log;
  }

  say(line: GridLogLine, intervalMs: number): void {
    const nowMs = this.#time.nowMs();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + intervalMs;
    this.#said = true;
    this.#log(line);
  }

  /** It is over; `line` is logged only if the trouble was. */
  over(line: GridLogLine): void {
    if (this.#said) this.#log(line);
    this.#said = false;
  }
}
