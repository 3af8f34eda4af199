import { parentPort } from 'node:worker_threads';
import { type RunOptions, run } from './run.ts';

// One thread of main.ts: options of one seed in, what came of it out.
parentPort?.on('message', (options: RunOptions) => parentPort?.postMessage(run(options)));
