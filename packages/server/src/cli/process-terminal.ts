import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Interrupted } from './graceful-stop.ts';
import type { Terminal } from './terminal.ts';

/** Asks on standard error, so that standard output stays clean for pipes. */
async function ask(question: string, hidden: boolean): Promise<string> {
  // A visible question belongs to the line editor, which redraws its line; a hidden one is written past it.
  if (hidden) process.stderr.write(question);
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  const lines = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY === true });
  // Ctrl-C and Ctrl-D close the interface without an answer; unheard, the question would wait for ever.
  const closed = new Promise<never>((_resolve, reject) => {
    lines.once('close', () => reject(new Interrupted('SIGINT')));
  });
  try {
    return await Promise.race([lines.question(hidden ? '' : question), closed]);
  } finally {
    lines.close();
    if (hidden) process.stderr.write('\n');
  }
}

/** The real terminal of this process. */
export function processTerminal(): Terminal {
  return {
    interactive: process.stdin.isTTY === true,
    columns: Math.min(Math.max(process.stdout.columns ?? 100, 60), 140),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ask,
    onStopSignal(listener) {
      const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
      for (const signal of signals) process.on(signal, listener);
      return {
        [Symbol.dispose]() {
          for (const signal of signals) process.off(signal, listener);
        },
      };
    },
  };
}
