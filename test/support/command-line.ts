import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';

const LAUNCHER = join(root, 'packages/server/bin/keygrid.mjs');
const WITHIN_MS = 90_000;
/** Patience, not an expectation: a busy machine takes its time. */
const GONE_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 30_000;
const POLL_MS = 10;

export interface CommandOptions {
  /** Working directory. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Words before the command: `ip netns exec name`. */
  readonly within?: readonly string[];
}

/** How a command ended, with all that it wrote. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KC_') && !name.startsWith('JAVA_OPTS')));
}

/** One run of the product's launcher as a process. */
export class CommandRun {
  readonly #child: ChildProcess;
  readonly ended: Promise<Outcome>;
  out = '';
  err = '';

  constructor(argv: readonly string[], options: CommandOptions) {
    const [program = process.execPath, ...rest] = [...(options.within ?? []), process.execPath, LAUNCHER, ...argv];
    const child = spawn(program, rest, {
      cwd: options.cwd,
      env: { ...cleanEnvironment(), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    this.#child = child;
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, out: this.out, err: this.err }));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until standard output holds `pattern`, and gives the match. @throws Error with the output if the process ends before, or `WITHIN_MS` pass. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (const began = performance.now(); ; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
      const found = pattern.exec(this.out);
      if (found !== null) return found;
      if (!this.running) throw new Error(`The process ended before it wrote ${pattern}.\n${this.out}${this.err}`);
      if (performance.now() - began > WITHIN_MS)
        throw new Error(`The process did not write ${pattern} in ${WITHIN_MS} ms.\n${this.out}${this.err}`);
    }
  }

  /** Waits until the server says that it listens. */
  async started(): Promise<this> {
    await this.until(/Keygrid started in .*\. Listening on: /);
    return this;
  }

  /** SIGTERM, and what came of it. */
  async stop(): Promise<Outcome> {
    this.signal('SIGTERM');
    return await this.ended;
  }
}

/** Working directories and processes of a test file; `clear` ends what still runs and removes them. */
export class CommandBench {
  readonly #folders: string[] = [];
  readonly #runs: CommandRun[] = [];

  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'keygrid-cli-'));
    // Where the tests run as root, the database has an account of its own, which must pass through.
    chmodSync(folder, 0o755);
    this.#folders.push(folder);
    return folder;
  }

  /** Starts `keygrid …argv`. */
  begin(argv: readonly string[], options: CommandOptions): CommandRun {
    const run = new CommandRun(argv, options);
    this.#runs.push(run);
    return run;
  }

  /** Runs `keygrid …argv` to its end. */
  async run(argv: readonly string[], options: CommandOptions): Promise<Outcome> {
    return await this.begin(argv, options).ended;
  }

  /** Ends what a failed test left running. */
  async stopAll(): Promise<void> {
    const running = this.#runs.filter((run) => run.running);
    for (const run of running) run.signal('SIGTERM');
    const timer = setTimeout(() => {
      for (const run of running) run.signal('SIGKILL');
    }, STOP_WITHIN_MS);
    await Promise.all(running.map((run) => run.ended.catch(() => undefined)));
    clearTimeout(timer);
  }

  async clear(): Promise<void> {
    await this.stopAll();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a process of that id lives; one that has ended and waits to be collected does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** Waits until no process of that id lives; false if one still does at the end of the patience. */
export async function isGone(pid: number): Promise<boolean> {
  for (
    const began = performance.now();
    performance.now() - began < GONE_WITHIN_MS;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  )
    if (!isAlive(pid)) return true;
  return false;
}
