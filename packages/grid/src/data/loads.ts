import { GridError } from '../errors.ts';
import { limits } from './limits.ts';

/** One load under way; `stale` once the key was invalidated meanwhile: what it brings is handed out, but not kept (L2). */
export interface Load<V> {
  readonly value: Promise<V | undefined>;
  stale: boolean;
}

/** Loads of one cache on this member: callers who want the same key at the same time share one. */
export class Loads<V> {
  readonly #cacheName: string;
  readonly #running = new Map<string, Load<V>>();

  constructor(cacheName: string) {
    this.#cacheName = cacheName;
  }

  /** `work` is given the load, whose mark it reads before it keeps what it brought. */
  run(key: string, work: (load: Load<V>) => Promise<V | undefined>): Promise<V | undefined> {
    const running = this.#running.get(key);
    if (running !== undefined && !running.stale) return running.value;
    if (this.#running.size >= limits.maxLoads)
      return Promise.reject(
        new GridError('GRID_OVERLOADED', `${limits.maxLoads} loads of cache ${this.#cacheName} are under way on this member`),
      );
    const { promise: value, resolve } = Promise.withResolvers<V | undefined>();
    const load: Load<V> = { value, stale: false };
    this.#running.set(key, load);
    const ended = (): void => {
      if (this.#running.get(key) === load) this.#running.delete(key);
    };
    // Not before the caller has this promise: `work` may read the load at once.
    resolve(work(load).finally(ended));
    return value;
  }

  invalidate(key: string): void {
    const load = this.#running.get(key);
    if (load === undefined) return;
    load.stale = true;
    // Whoever asks from now on must not be handed what was read before.
    this.#running.delete(key);
  }

  invalidateAll(): void {
    for (const key of [...this.#running.keys()]) this.invalidate(key);
  }
}
