import { Worker } from 'node:worker_threads';
import { type RunOptions, type RunResult, run } from './run.ts';

/** Runs the options in `workers` threads (one: in this one) and tells each result as it comes. */
export async function runAll(
  all: Iterable<RunOptions>,
  workers: number,
  each: (options: RunOptions, result: RunResult) => void,
): Promise<void> {
  if (workers <= 1) {
    for (const options of all) each(options, run(options));
    return;
  }
  // One iterator for all threads: each takes the next seed when it is done with its last one.
  const seeds = all[Symbol.iterator]();
  await Promise.all(Array.from({ length: workers }, () => runOnThread(seeds, each)));
}

async function runOnThread(seeds: Iterator<RunOptions>, each: (options: RunOptions, result: RunResult) => void): Promise<void> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url));
  try {
    for (let next = seeds.next(); !next.done; next = seeds.next()) {
      const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
      worker.once('message', resolve).once('error', reject);
      worker.postMessage(next.value);
      each(next.value, await promise);
      worker.removeAllListeners('error');
    }
  } finally {
    await worker.terminate();
  }
}
