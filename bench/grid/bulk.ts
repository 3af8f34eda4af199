import type { Cache, GridNode } from '@keygrid/grid';
import { Latencies } from '../drivers/latencies.ts';
import { BULK_VALUE_BYTES, type RunAnswer } from './protocol.ts';

const fillers = 256;
const sliceMs = 10;
const attempts = 50;
const retryMs = 200;
const keyOf = (index: number): string => `session-${String(index).padStart(12, '0')}`;

export function openBulk(grid: GridNode): Cache<string, Uint8Array> {
  return grid.cache<string, Uint8Array>('bulk', { owners: 2, codec: { encode: (value) => value, decode: (value) => value } });
}

/** Puts those of the entries of which this member is the primary; returns how many. */
export async function fill(cache: Cache<string, Uint8Array>, entries: number): Promise<number> {
  const value = new Uint8Array(BULK_VALUE_BYTES).fill(1);
  let next = 0;
  let mine = 0;
  await Promise.all(
    Array.from({ length: fillers }, async () => {
      while (next < entries) {
        const index = next;
        next += 1;
        const key = keyOf(index);
        if (cache.isPrimary(key)) {
          mine += 1;
          await untilStored(cache, key, value);
        }
        // An operation that ends without the network never leaves the microtasks; heartbeats want to.
        if (index % fillers === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }),
  );
  return mine;
}

/** A member that cannot prove its lease for a moment refuses; filling is no measurement, and goes on then. */
async function untilStored(cache: Cache<string, Uint8Array>, key: string, value: Uint8Array): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await cache.put(key, value);
    } catch (error) {
      if (attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** An open loop: so many operations a second, half of them puts, whatever becomes of the earlier ones. */
export async function steady(cache: Cache<string, Uint8Array>, entries: number, perSecond: number, seconds: number): Promise<RunAnswer> {
  const value = new Uint8Array(BULK_VALUE_BYTES).fill(2);
  const latencies = new Latencies();
  const pending = new Set<Promise<void>>();
  let [failures, longestMs, issued] = [0, 0, 0];
  let firstFailure: string | undefined;
  const began = performance.now();
  const one = async (index: number, dueAt: number): Promise<void> => {
    const key = keyOf((index * 7_919) % entries);
    try {
      if (index % 2 === 0) await cache.get(key);
      else await cache.put(key, value);
    } catch (error) {
      failures += 1;
      firstFailure ??= (error as Error).message;
    }
    // From when it was due: a loop that stood still hides nothing.
    const tookMs = performance.now() - dueAt;
    latencies.add(tookMs);
    longestMs = Math.max(longestMs, tookMs);
  };
  while (performance.now() - began < seconds * 1_000) {
    const dueCount = ((performance.now() - began) / 1_000) * perSecond;
    for (; issued < dueCount; issued += 1) {
      const operation = one(issued, began + (issued / perSecond) * 1_000);
      pending.add(operation);
      void operation.then(() => pending.delete(operation));
    }
    await new Promise((resolve) => setTimeout(resolve, sliceMs));
  }
  await Promise.all(pending);
  return {
    operations: latencies.count - failures,
    failures,
    seconds: (performance.now() - began) / 1_000,
    p50Us: latencies.percentileUs(0.5),
    p99Us: latencies.percentileUs(0.99),
    p999Us: latencies.percentileUs(0.999),
    longestMs,
    firstFailure,
  };
}
