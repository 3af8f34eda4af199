/** The clocks and timers of a running member; everything below takes them from here, so that tests can stand in. */
export interface Time {
  /** Monotonic, milliseconds. */
  nowMs(): number;
  /** Wall clock, milliseconds since 1970. */
  wallMs(): number;
  every(intervalMs: number, work: () => void): Disposable;
  after(delayMs: number, work: () => void): Disposable;
}

export const systemTime: Time = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  every(intervalMs, work) {
    const timer = setInterval(work, intervalMs);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
