import { Latencies } from '../drivers/latencies.ts';
import type { Operation } from './operation.ts';

/** What one driver saw. */
export interface LoopResult {
  readonly latencies: Latencies;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly seconds: number;
}

/** More at once than this, and the driver says that the server is overloaded instead of queueing without end. */
export const MAX_IN_FLIGHT = 1_000;
const CROWDED = `more than ${MAX_IN_FLIGHT} requests under way: the rate is beyond the server, or the driver`;

/** Collects latencies and failures of calls. */
class Tally {
  readonly latencies = new Latencies();
  failures = 0;
  firstFailure: string | undefined;
  over = false;

  fail(message: string): void {
    this.failures += 1;
    this.firstFailure ??= message;
  }

  async call(operation: Operation, index: number): Promise<void> {
    const startedAt = performance.now();
    try {
      if ((await operation.run(index)) === false) this.over = true;
      else this.latencies.add(performance.now() - startedAt);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  result(began: number): LoopResult {
    const { latencies, failures, firstFailure } = this;
    return { latencies, failures, firstFailure, seconds: (performance.now() - began) / 1_000 };
  }
}

/** Closed model: each caller starts its next call when its last one ended. */
export async function closedLoop(
  operation: Operation,
  options: { readonly callers: number; readonly seconds: number },
): Promise<LoopResult> {
  const tally = new Tally();
  const began = performance.now();
  const endsAt = began + options.seconds * 1_000;
  let next = 0;
  await Promise.all(
    Array.from({ length: options.callers }, async () => {
      while (!tally.over && performance.now() < endsAt) {
        next += 1;
        await tally.call(operation, next - 1);
      }
    }),
  );
  return tally.result(began);
}

/** Open model: calls start at their times, whether earlier ones ended or not; latency counts from the time that a call was due. */
export async function openLoop(
  operation: Operation,
  options: { readonly perSecond: number; readonly seconds: number },
): Promise<LoopResult> {
  const tally = new Tally();
  const began = performance.now();
  const total = Math.max(1, Math.round(options.perSecond * options.seconds));
  const running = new Set<Promise<void>>();
  for (let index = 0; index < total && !tally.over; index += 1) {
    const wait = began + (index * 1_000) / options.perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    else if (index % 64 === 63) await new Promise((resolve) => setImmediate(resolve));
    if (running.size >= MAX_IN_FLIGHT) {
      tally.fail(CROWDED);
      continue;
    }
    const call = tally.call(operation, index).finally(() => running.delete(call));
    running.add(call);
  }
  await Promise.all(running);
  return tally.result(began);
}
