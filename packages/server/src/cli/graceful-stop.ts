import type { Logger } from '../observability/logger.ts';
import type { RunningServer } from './running-server.ts';
import { StartError } from './start-error.ts';
import type { StopSignal, Terminal } from './terminal.ts';

/** What a stop needs of a server. */
export type StoppableServer = Pick<RunningServer, 'ready' | 'drain' | 'stop'>;

export interface StopOptions {
  readonly delayMs: number;
  readonly timeoutMs: number;
  /** Rejects early when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Exit codes as shells know them: 128 and the signal's number. */
export const exitCodes = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const;

/** How long a stop may exceed its own timeout before it is given up. */
const GRACE_MS = 2_000;

/** The stop signals of this process, heard from before the start begins, so that none of them leaves a database behind. */
export interface StopSignals extends Disposable {
  readonly first: Promise<StopSignal>;
  /** The first signal, once it has come. */
  readonly early: StopSignal | undefined;
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Aborted by the second signal. */
  readonly second: AbortSignal;
}

/** Ctrl-C reaches every process of the terminal, and npm and npx pass on what they get: the same wish arrives twice. */
const ECHO_MS = 250;

export function listenForStop(terminal: Terminal, nowMs: () => number = () => performance.now()): StopSignals {
  const first = Promise.withResolvers<StopSignal>();
  const stopping = new AbortController();
  const second = new AbortController();
  let firstAtMs: number | undefined;
  let early: StopSignal | undefined;
  const listening = terminal.onStopSignal((signal) => {
    if (firstAtMs === undefined) {
      firstAtMs = nowMs();
      early = signal;
      first.resolve(signal);
      stopping.abort();
    } else if (nowMs() - firstAtMs > ECHO_MS) second.abort();
  });
  return {
    first: first.promise,
    signal: stopping.signal,
    second: second.signal,
    get early() {
      return early;
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}

/** A start that a second stop signal cut off; the process ends with the code of the first. */
export class Interrupted extends StartError {
  readonly exitCode: number;

  constructor(signal: StopSignal) {
    super('Interrupted by a second stop signal');
    this.name = 'Interrupted';
    this.exitCode = exitCodes[signal];
  }
}

/** Waits for a step of the start, but not beyond a second stop signal. @throws Interrupted */
export async function unlessInterrupted<T>(step: Promise<T>, signals: StopSignals): Promise<T> {
  const interrupted = new Promise<never>((_resolve, reject) => {
    signals.second.addEventListener('abort', () => void signals.first.then((signal) => reject(new Interrupted(signal))), { once: true });
  });
  return await Promise.race([step, interrupted]);
}

/**
 * Waits for a stop signal, then stops in order: readiness off, `delayMs` for the balancers, then the server's own stop within `timeoutMs`. A second
 * signal ends it at once. The exit code is that of the first signal, or 1 where the server fails before it is ready.
 */
export async function runUntilStopped(
  server: StoppableServer,
  signals: StopSignals,
  logger: Logger,
  options: StopOptions,
): Promise<number> {
  const { first, second } = signals;
  const broken = new Promise<never>((_resolve, reject) => {
    server.ready.catch(reject);
  });
  const signal = await Promise.race([first, broken]);
  logger.info(`${signal} received, stopping: readiness is down, ending in ${options.delayMs} ms.`);
  server.drain();
  const immediate = new Promise<'immediate'>((resolve) => second.addEventListener('abort', () => resolve('immediate'), { once: true }));
  const orderly = async (): Promise<'stopped' | 'late' | 'immediate'> => {
    await options.sleep(options.delayMs, second).catch(() => undefined);
    if (second.aborted) return 'immediate';
    const timer = new AbortController();
    const late = options.sleep(options.timeoutMs + GRACE_MS, timer.signal).then(
      () => 'late' as const,
      () => 'stopped' as const,
    );
    try {
      return await Promise.race([server.stop(options.timeoutMs).then(() => 'stopped' as const), late]);
    } finally {
      timer.abort();
    }
  };
  const outcome = await Promise.race([orderly(), immediate]);
  if (outcome === 'immediate') logger.warn('A second signal was received, ending at once.');
  else if (outcome === 'late') logger.warn(`The stop took longer than ${options.timeoutMs} ms and was given up.`);
  else logger.info('Stopped.');
  return exitCodes[signal];
}
