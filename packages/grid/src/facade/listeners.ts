import type { GridEvents, GridLogLine } from '../api.ts';

/** Listeners of a member's events. One that throws is logged and does not keep the others from hearing. */
export class Listeners {
  readonly #sets: { [E in keyof GridEvents]: Set<GridEvents[E]> } = {
    view: new Set(),
    rebalance: new Set(),
    fenced: new Set(),
    unfenced: new Set(),
    lost: new Set(),
  };
  readonly #log: (line: GridLogLine) => void;

  constructor(log: (line: GridLogLine) => void) {
    this.#log = log;
  }

  on<E extends keyof GridEvents>(event: E, listener: GridEvents[E]): Disposable {
    const set: Set<GridEvents[E]> = this.#sets[event];
    set.add(listener);
    return { [Symbol.dispose]: () => void set.delete(listener) };
  }

  emit<E extends keyof GridEvents>(event: E, ...values: Parameters<GridEvents[E]>): void {
    const set: Set<GridEvents[E]> = this.#sets[event];
    for (const listener of [...set]) {
      try {
        (listener as (...all: Parameters<GridEvents[E]>) => void)(...values);
      } catch (error) {
        this.#log({
          level: 'error',
          message: `a listener of the event '${event}' failed: ${error instanceof Error ? error.message : String(error)}`,
        });
      }
    }
  }
}
