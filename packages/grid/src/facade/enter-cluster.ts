import type { GridLogLine } from '../api.ts';
import { RepeatedLine } from '../discovery/repeated-line.ts';
import { GridError } from '../errors.ts';
import type { Time } from './time.ts';

export interface PatienceOptions {
  readonly time: Time;
  readonly log: (line: GridLogLine) => void;
  readonly signal?: AbortSignal | undefined;
}

const retryMs = 1_000;
/** A node that waits says why at most so often. */
export const waitingLineMs = 10_000;

/** Rejects with GRID_ABORTED once the signal says so; the way to stop a start that waits. */
export function aborted(signal: AbortSignal | undefined): { readonly promise: Promise<never> } & Disposable {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const abort = (): void => reject(new GridError('GRID_ABORTED', 'the start was given up'));
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return { promise, [Symbol.dispose]: () => signal?.removeEventListener('abort', abort) };
}

/** Listens as soon as a port is free: whoever holds it may be an earlier life of this node that still stops. Any other failure is final. */
export async function listenWhenFree<T>(listen: () => Promise<T>, where: string, { time, log, signal }: PatienceOptions): Promise<T> {
  const line = new RepeatedLine(time, log);
  using giveUp = aborted(signal);
  for (;;) {
    try {
      const listening = await Promise.race([listen(), giveUp.promise]);
      line.over({ level: 'info', message: `a port at ${where} is free now` });
      return listening;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
      const message = `the cluster's port at ${where} is in use by another program; this node joins as soon as it is free`;
      line.say({ level: 'warn', message }, waitingLineMs);
    }
    const pause = Promise.withResolvers<void>();
    using _timer = time.after(retryMs, pause.resolve);
    await Promise.race([pause.promise, giveUp.promise]);
  }
}
