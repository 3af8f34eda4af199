import { spawn } from 'node:child_process';
import { root } from '../checks/repository.ts';

const DRAIN_MS = 1_000;

interface Execution {
  readonly boxSeconds: number;
  readonly env: NodeJS.ProcessEnv;
  readonly onOutput?: (text: string) => void;
}

/** Runs a command to its end or to the time box; output goes straight through. Resolves with the exit code, or 'timeout'. */
export function execute(command: string, args: readonly string[], { boxSeconds, env, onOutput }: Execution): Promise<number | 'timeout'> {
  return new Promise((resolve, reject) => {
    const output = onOutput === undefined ? 'inherit' : 'pipe';
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', output, output], detached: process.platform !== 'win32' });
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const)
      from?.setEncoding('utf8').on('data', (text: string) => {
        to.write(text);
        onOutput?.(text);
      });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    }, boxSeconds * 1000);
    child.on('error', reject);
    let result: number | 'timeout' = 1;
    const end = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(result);
    };
    child.on('exit', (code) => {
      clearTimeout(timer);
      result = timedOut ? 'timeout' : (code ?? 1);
      // What it left running may hold its output open.
      setTimeout(end, DRAIN_MS);
    });
    child.on('close', end);
  });
}
