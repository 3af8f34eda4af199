import { ServerError } from '../http/errors.ts';

/** libuv's own default where UV_THREADPOOL_SIZE is not set. */
const DEFAULT_THREAD_POOL_SIZE = 4;
/** Threads that signatures and file access keep for themselves. */
const RESERVED_THREADS = 2;
/** About one second of work for two threads; who waits longer is better served by another node. */
export const DEFAULT_MAX_WAITING_HASHES = 400;

/** Runs password hashes on the thread pool, a bounded number at once and a bounded number waiting. */
export interface HashQueue {
  /** Runs `work` as soon as a place is free. Rejects at once with KG_HASHING_OVERLOAD (503, Retry-After) when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
  readonly running: number;
  readonly waiting: number;
}

/** How many hashes may run at once so that signatures on the same thread pool do not queue behind them; at least one. */
export function hashConcurrency(threadPoolSize: string | undefined): number {
  const configured = Number(threadPoolSize ?? DEFAULT_THREAD_POOL_SIZE);
  const size = Number.isInteger(configured) && configured > 0 ? configured : DEFAULT_THREAD_POOL_SIZE;
  return Math.max(1, size - RESERVED_THREADS);
}

/** @param maxWaiting hashes that may wait for a place */
export function createHashQueue(concurrency: number, maxWaiting: number): HashQueue {
  const waiters: (() => void)[] = [];
  let running = 0;

  function release(): void {
    const next = waiters.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (running < concurrency) running += 1;
      else {
        if (waiters.length >= maxWaiting) {
          throw new ServerError('KG_HASHING_OVERLOAD', 'Too many password checks are waiting', { retryAfterSeconds: 1 });
        }
        await new Promise<void>((resolve) => {
          waiters.push(resolve);
        });
      }
      try {
        return await work();
      } finally {
        release();
      }
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiters.length;
    },
  };
}
