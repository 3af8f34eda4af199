import { setTimeout as delay } from 'node:timers/promises';

/** What a fence costs those that come within its first seconds: a wait. Who comes later is refused at once, and better served by another node. */
export const FENCE_PATIENCE_MS = 5_000;
const POLL_MS = 25;
/** Who would wait beyond these is refused at once. */
const MAX_WAITING = 1_000;

/**
 * Waits out a short fence. A database that stands still for longer than the leases fences all nodes alike, and a node that was frozen itself is fenced
 * until it is back in the view: both end a second or two after their cause, sooner than a client tries again.
 */
export class FencePatience {
  readonly #of: { readonly fenced: boolean };
  readonly #nowMs: () => number;
  #sinceMs: number | undefined;
  #waiting = 0;

  constructor(of: { readonly fenced: boolean }, nowMs: () => number = () => performance.now()) {
    this.#of = of;
    this.#nowMs = nowMs;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Whether there is a fence now. Whoever asks notices its end, too: the next fence has a patience of its own. */
  stands(): boolean {
    if (this.#of.fenced) return true;
    this.#sinceMs = undefined;
    return false;
  }

  /** Undefined where nothing is fenced; else resolves when the fence is down, or nobody should wait for that any longer. */
  passed(): Promise<void> | undefined {
    return this.stands() ? this.#wait() : undefined;
  }

  async #wait(): Promise<void> {
    this.#sinceMs ??= this.#nowMs();
    const endsMs = this.#sinceMs + FENCE_PATIENCE_MS;
    if (this.#waiting >= MAX_WAITING) return;
    this.#waiting += 1;
    try {
      while (this.#of.fenced && this.#nowMs() < endsMs) await delay(POLL_MS);
    } finally {
      this.#waiting -= 1;
    }
    this.stands();
  }
}
