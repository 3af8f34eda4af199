import { StateUnavailableError } from '../cache/state-error.ts';

/** Callers that may wait for one key; one more is told to come back. */
const maxWaiting = 500;

/** Runs the works of one key one after the other, so that the callers of this node do not race each other for the same row. */
export class OneAtATime {
  readonly #waiting = new Map<string, { count: number; last: Promise<unknown> }>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.#waiting.get(key) ?? { count: 0, last: Promise.resolve() };
    if (line.count >= maxWaiting)
      throw new StateUnavailableError(`${line.count} changes of one row are waiting, at most ${maxWaiting} may`);
    line.count += 1;
    this.#waiting.set(key, line);
    const mine = line.last.then(work, work);
    line.last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      line.count -= 1;
      if (line.count === 0) this.#waiting.delete(key);
    }
  }
}
