import { describe, expect, it } from 'vitest';
import { createLogger } from '../observability/create-logger.ts';
import { listenForStop, runUntilStopped, unlessInterrupted } from './graceful-stop.ts';
import { recordingTerminal } from './recording-terminal.ts';

const logger = createLogger('test', { thresholds: { of: () => 0 }, outputs: [], nowMs: () => 0 });

/** A sleep that ends when the test says so, or fails when it is aborted. */
function manualSleep() {
  const waiting: { ms: number; wake: () => void }[] = [];
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    waiting.push({ ms, wake: () => resolve() });
    return promise;
  };
  return { waiting, sleep };
}

function server(stopped: Promise<void> = Promise.resolve()) {
  const calls: string[] = [];
  return {
    calls,
    ready: Promise.resolve(),
    drain: () => void calls.push('drain'),
    stop: (timeoutMs: number) => {
      calls.push(`stop ${timeoutMs}`);
      return stopped;
    },
  };
}

/** A clock that stands a second later each time it is read. */
function steppingClock(stepMs = 1_000): () => number {
  let nowMs = 0;
  return () => {
    nowMs += stepMs;
    return nowMs;
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a graceful stop', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('takes readiness down, waits, stops and ends with the code of %s', async (signal, code) => {
    const terminal = recordingTerminal();
    using signals = listenForStop(terminal);
    const running = server();
    const { waiting, sleep } = manualSleep();
    const ended = runUntilStopped(running, signals, logger, { delayMs: 1_000, timeoutMs: 10_000, sleep });
    terminal.signal(signal);
    await settle();
    expect(running.calls).toEqual(['drain']);
    expect(waiting[0]?.ms).toBe(1_000);
    waiting[0]?.wake();
    expect(await ended).toBe(code);
    expect(running.calls).toEqual(['drain', 'stop 10000']);
  });

  it('ends at once at the second signal, whatever the server does', async () => {
    const terminal = recordingTerminal();
    using signals = listenForStop(terminal, steppingClock());
    const { waiting, sleep } = manualSleep();
    const ended = runUntilStopped(server(new Promise(() => undefined)), signals, logger, { delayMs: 1, timeoutMs: 10_000, sleep });
    terminal.signal('SIGINT');
    await settle();
    waiting[0]?.wake();
    await settle();
    terminal.signal('SIGINT');
    expect(await ended).toBe(130);
  });

  it('gives a stop up that exceeds its timeout', async () => {
    const terminal = recordingTerminal();
    using signals = listenForStop(terminal);
    const { waiting, sleep } = manualSleep();
    const ended = runUntilStopped(server(new Promise(() => undefined)), signals, logger, { delayMs: 0, timeoutMs: 500, sleep });
    terminal.signal('SIGTERM');
    await settle();
    waiting[0]?.wake();
    await settle();
    expect(waiting[1]?.ms).toBeGreaterThanOrEqual(500);
    waiting[1]?.wake();
    expect(await ended).toBe(143);
  });

  it('fails where the server cannot become ready', async () => {
    const broken = { ...server(), ready: Promise.reject(new Error('no database')) };
    const { sleep } = manualSleep();
    await expect(runUntilStopped(broken, listenForStop(recordingTerminal()), logger, { delayMs: 0, timeoutMs: 0, sleep })).rejects.toThrow(
      'no database',
    );
  });

  it('ends a start that hangs at the second signal', async () => {
    const terminal = recordingTerminal();
    using signals = listenForStop(terminal, steppingClock());
    const step = unlessInterrupted(new Promise(() => undefined), signals);
    terminal.signal('SIGTERM');
    terminal.signal('SIGTERM');
    await expect(step).rejects.toMatchObject({ name: 'Interrupted', exitCode: 143 });
  });

  it('takes the echo of a signal, as npx and terminals send it, for the same wish', async () => {
    const terminal = recordingTerminal();
    using signals = listenForStop(terminal, steppingClock(1));
    terminal.signal('SIGINT');
    terminal.signal('SIGINT');
    expect(await signals.first).toBe('SIGINT');
    expect(signals.second.aborted).toBe(false);
  });
});
