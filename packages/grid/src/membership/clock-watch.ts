/** The shell calls `tick` so often; a later call means that the own loop stood still. */
export const tickMs = 50;
const toleratedTickDelayMs = 100;
const maxWallJumpMs = 1_000;

/** Compares successive ticks: how late the own loop was, and whether the machine may have slept with its monotonic clock standing still. */
export class ClockWatch {
  #last: { nowMs: number; wallMs: number } | undefined;

  tick(nowMs: number, wallMs: number): { readonly lateMs: number; readonly slept: boolean } {
    const passedMs = this.#last === undefined ? tickMs : nowMs - this.#last.nowMs;
    const wallPassedMs = this.#last === undefined ? passedMs : wallMs - this.#last.wallMs;
    this.#last = { nowMs, wallMs };
    const lateMs = passedMs - tickMs;
    return { lateMs: lateMs > toleratedTickDelayMs ? lateMs : 0, slept: Math.abs(wallPassedMs - passedMs) > maxWallJumpMs };
  }
}
