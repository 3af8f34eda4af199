import { setTimeout as delay } from 'node:timers/promises';
import type { Stores } from '../../store/stores.ts';

/** How often what is over is removed. */
export const stateSweepIntervalMs = 60_000;
/** Rows of one statement, and the pause between two, so that logins beside it do not feel it. */
const batchRows = 500;
const pauseMs = 20;
/** Statements of one pass over one table. */
const maxBatches = 10_000;

/** Removes single-use objects, counters and logins in progress that are over. Returns how many rows went. */
export async function sweepState(
  stores: Pick<Stores, 'singleUse' | 'loginFailures' | 'authenticationSessions'>,
  nowMs: number,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (const store of [stores.singleUse, stores.loginFailures, stores.authenticationSessions]) {
    for (let batch = 0; batch < maxBatches && !signal.aborted; batch += 1) {
      const rows = await store.sweep(nowMs, batchRows);
      removed += rows;
      if (rows < batchRows) break;
      await delay(pauseMs);
    }
  }
  return removed;
}
