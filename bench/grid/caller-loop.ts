import { Latencies } from '../drivers/latencies.ts';
import type { GridOperation } from './operations.ts';
import type { RunAnswer } from './protocol.ts';

/** An operation that ends without the network never leaves the microtasks; the loop must turn all the same. */
const OPERATIONS_A_TURN = 512;

/** Closed loop: each of `callers` starts its next operation when the last one ended. */
export async function callerLoop(operation: GridOperation, callers: number, seconds: number): Promise<RunAnswer> {
  const latencies = new Latencies();
  let failures = 0;
  let firstFailure: string | undefined;
  let index = 0;
  const began = performance.now();
  const endsAt = began + seconds * 1_000;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      let startedAt = performance.now();
      while (startedAt < endsAt) {
        const mine = index;
        index += 1;
        try {
          await operation.run(mine);
        } catch (error) {
          failures += 1;
          firstFailure ??= (error as Error).message;
        }
        if (mine % OPERATIONS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
        const endedAt = performance.now();
        latencies.add(endedAt - startedAt);
        startedAt = endedAt;
      }
    }),
  );
  return {
    operations: latencies.count - failures,
    failures,
    seconds: (performance.now() - began) / 1_000,
    p50Us: latencies.percentileUs(0.5),
    p99Us: latencies.percentileUs(0.99),
    p999Us: latencies.percentileUs(0.999),
    firstFailure,
  };
}
