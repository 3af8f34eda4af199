import type { Time } from '../facade/time.ts';

interface Timer {
  dueMs: number;
  readonly everyMs: number | undefined;
  readonly work: () => void;
}

/** A clock that moves only when it is told to; timers fire in the order of their times; for tests. */
export class HandTime implements Time {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  every(intervalMs: number, work: () => void): Disposable {
    return this.#add({ dueMs: this.#nowMs + intervalMs, everyMs: intervalMs, work });
  }

  after(delayMs: number, work: () => void): Disposable {
    return this.#add({ dueMs: this.#nowMs + delayMs, everyMs: undefined, work });
  }

  /** Moves on by `durationMs`; between two timers everything that waits for promises runs. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((left, right) => left.dueMs - right.dueMs);
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      if (next.everyMs === undefined) this.#timers.delete(next);
      else next.dueMs += next.everyMs;
      next.work();
    }
    this.#nowMs = endMs;
  }

  #add(timer: Timer): Disposable {
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => this.#timers.delete(timer) };
  }
}
