import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ServerError } from '../../http/errors.ts';

const tries = 4;
const firstPauseMs = 25;
/** A database that answers after longer is overloaded, not failing over: a repetition would make it worse. */
const quickFailureMs = 2_000;

/**
 * Runs a statement again where its connection broke before the answer came. `work` is given a name for the attempt, the same each time, so that
 * a statement that did take effect finds its own mark and gives the same answer.
 */
export async function repeated<T>(work: (operation: string) => Promise<T>): Promise<T> {
  const operation = randomBytes(12).toString('base64url');
  for (let attempt = 1; ; attempt += 1) {
    const began = performance.now();
    try {
      return await work(operation);
    } catch (error) {
      const broke = error instanceof ServerError && error.code === 'KG_DATABASE_UNAVAILABLE';
      if (!broke || attempt >= tries || performance.now() - began > quickFailureMs) throw error;
      await delay(firstPauseMs * 2 ** attempt);
    }
  }
}
