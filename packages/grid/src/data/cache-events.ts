import type { CacheEvent } from '../api.ts';

type Listener = (key: string) => void;

/**
 * Listeners of one cache on this member. They run in a microtask of their own, in the order of the events: the core, which tells of them, may
 * be in the midst of a commit, and a listener may call the cache again.
 */
export class CacheEvents {
  readonly #listeners = new Map<CacheEvent, Set<Listener>>();
  readonly #failed: (event: CacheEvent, error: unknown) => void;
  #waiting: (readonly [CacheEvent, string])[] = [];

  constructor(failed: (event: CacheEvent, error: unknown) => void) {
    this.#failed = failed;
  }

  on(event: CacheEvent, listener: Listener): Disposable {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        if (listeners.delete(listener) && listeners.size === 0 && this.#listeners.get(event) === listeners) this.#listeners.delete(event);
      },
    };
  }

  emit(event: CacheEvent, key: string): void {
    if (!this.#listeners.has(event)) return;
    if (this.#waiting.push([event, key]) === 1) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const events = this.#waiting;
    this.#waiting = [];
    for (const [event, key] of events) {
      for (const listener of [...(this.#listeners.get(event) ?? [])]) {
        try {
          listener(key);
        } catch (error) {
          this.#failed(event, error);
        }
      }
    }
  }
}
