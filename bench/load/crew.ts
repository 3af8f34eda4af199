import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Latencies } from '../drivers/latencies.ts';
import type { Load, WorkerAnswer, WorkerTask } from './messages.ts';
import type { Target } from './operation.ts';

/** What all workers saw together. */
export interface CrewResult {
  readonly latencies: Latencies;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly seconds: number;
  /** Largest share of one core that a worker used; near 1 means that the driver was the limit. */
  readonly driverCores: number;
}

const LONGEST_RUN_MS = 600_000;

function ask(worker: ChildProcess, task: WorkerTask): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new Error('a load driver did not answer within 10 minutes'))), LONGEST_RUN_MS);
    const onMessage = (message: unknown): void => settle(() => resolve(message));
    const onExit = (code: number | null): void => settle(() => reject(new Error(`a load driver ended with exit code ${code}`)));
    function settle(outcome: () => void): void {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      outcome();
    }
    worker.on('message', onMessage);
    worker.on('exit', onExit);
    worker.send(task);
  });
}

/** Driver processes that share a load. */
export class Crew {
  readonly #workers: readonly ChildProcess[];

  private constructor(workers: readonly ChildProcess[]) {
    this.#workers = workers;
  }

  static async start(workers: number, target: Omit<Target, 'worker' | 'workers'>): Promise<Crew> {
    const file = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
    const children = Array.from({ length: workers }, () => fork(file, { execArgv: [] }));
    await Promise.all(children.map((child, worker) => ask(child, { kind: 'target', target: { ...target, worker, workers } })));
    return new Crew(children);
  }

  /** Runs one operation under the whole load, split evenly. */
  async run(operation: string, load: Load): Promise<CrewResult> {
    const count = this.#workers.length;
    const share = (index: number): Load =>
      load.model === 'closed'
        ? { ...load, callers: Math.floor(load.callers / count) + (index < load.callers % count ? 1 : 0) }
        : { ...load, perSecond: load.perSecond / count };
    const answers = (await Promise.all(
      this.#workers.map((worker, index) => ask(worker, { kind: 'run', operation, load: share(index) })),
    )) as WorkerAnswer[];
    const latencies = new Latencies();
    for (const answer of answers) latencies.merge(answer.buckets);
    return {
      latencies,
      failures: answers.reduce((sum, answer) => sum + answer.failures, 0),
      firstFailure: answers.find((answer) => answer.firstFailure !== undefined)?.firstFailure,
      seconds: Math.max(...answers.map((answer) => answer.seconds)),
      driverCores: Math.max(...answers.map((answer) => answer.cpuMs / 1_000 / Math.max(answer.seconds, 0.001))),
    };
  }

  stop(): void {
    for (const worker of this.#workers) worker.disconnect();
  }
}
