import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 50;
/** What would wait beyond these fails at once. */
const MAX_WAITING = 1_000;

/**
 * Bridges a short outage of the database, such as its restart or the move to another host: what certainly took no effect is run again until the
 * outage has lasted for `bridgeMs`. Whatever comes later fails at once, so that nothing piles up during a long one.
 */
export class OutageBridge {
  readonly #bridgeMs: number;
  readonly #nowMs: () => number;
  #sinceMs: number | undefined;
  #waiting = 0;

  /** @param bridgeMs 0 = nothing is run again */
  constructor(bridgeMs: number, nowMs: () => number = () => performance.now()) {
    this.#bridgeMs = bridgeMs;
    this.#nowMs = nowMs;
  }

  /** @param tookNoEffect whether this error means that `work` changed nothing and may be run again */
  async run<T>(work: () => Promise<T>, tookNoEffect: (error: unknown) => boolean): Promise<T> {
    for (;;) {
      try {
        const result = await work();
        this.#sinceMs = undefined;
        return result;
      } catch (error) {
        if (!tookNoEffect(error)) throw error;
        this.#sinceMs ??= this.#nowMs();
        if (this.#nowMs() - this.#sinceMs >= this.#bridgeMs || this.#waiting >= MAX_WAITING) throw error;
        this.#waiting += 1;
        try {
          await delay(PAUSE_MS);
        } finally {
          this.#waiting -= 1;
        }
      }
    }
  }
}
