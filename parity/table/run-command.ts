import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CommandOptions, CommandResult } from './product.ts';

/** Patience: the original creates its schema before most refusals, which takes a minute on a busy machine. */
const LIMIT_MS = 300_000;
const MAX_OUTPUT_CHARACTERS = 1_000_000;

/** Runs a command in a folder of its own, with its children, and takes both away. */
export async function runCommand(
  command: string,
  args: readonly string[],
  baseEnv: NodeJS.ProcessEnv,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-parity-'));
  for (const [name, content] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const inFolder = (text: string): string => text.replaceAll('{folder}', folder);
  const env = { ...baseEnv, ...Object.fromEntries(Object.entries(options.env ?? {}).map(([name, value]) => [name, inFolder(value)])) };
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(command, args.map(inFolder), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      let output = '';
      let stopped = false;
      const end = (): void => {
        stopped = true;
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It ended meanwhile.
        }
      };
      const timer = setTimeout(end, LIMIT_MS);
      const take = (chunk: Buffer): void => {
        if (output.length < MAX_OUTPUT_CHARACTERS) output += chunk.toString('utf8');
        if (options.until?.test(output) === true) end();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({ code: stopped ? null : code, output: output.replaceAll(folder, '{folder}') });
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
