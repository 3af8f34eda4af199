import type { StopSignal, Terminal } from './terminal.ts';

export interface RecordingTerminal extends Terminal {
  readonly written: { out: string; err: string };
  /** Delivers a stop signal. */
  signal(name: StopSignal): void;
  /** Whether somebody listens for signals. */
  readonly listening: boolean;
}

/** A terminal for tests: keeps what is written, answers questions from a list. */
export function recordingTerminal(answers: readonly string[] = []): RecordingTerminal {
  const written = { out: '', err: '' };
  const left = [...answers];
  const listeners = new Set<(signal: StopSignal) => void>();
  return {
    written,
    interactive: answers.length > 0,
    columns: 100,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    ask: async (question) => {
      written.err += question;
      return left.shift() ?? '';
    },
    onStopSignal(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    signal: (name) => {
      for (const listener of listeners) listener(name);
    },
    get listening() {
      return listeners.size > 0;
    },
  };
}
