import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening } from './ports.ts';

/** Program of a Redis or Valkey server, undefined where this machine has none. */
export function redisProgram(): string | undefined {
  for (const program of ['redis-server', 'valkey-server']) {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return program;
    } catch {
      // Not there: try the next.
    }
  }
  return undefined;
}

/** A Redis server of its own, which tests may kill, freeze and start again. */
export class RedisProcess implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #arguments: readonly string[];
  readonly #file: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, given: readonly string[], file: readonly string[]) {
    this.port = port;
    this.#file = file;
    this.#folder = mkdtempSync(join(tmpdir(), 'keygrid-redis-'));
    this.#arguments = given;
  }

  /** `file`: a configuration file and what has to stand beside it, before all options. */
  static async start(given: readonly string[] = [], file: readonly string[] = []): Promise<RedisProcess> {
    const server = new RedisProcess(await freePort(), given, file);
    await server.start();
    return server;
  }

  /** With what its append-only file holds, where it has one. */
  async start(): Promise<void> {
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    // A Sentinel has nothing to save, and refuses the option.
    const saving = this.#file.includes('--sentinel') ? [] : ['--save', ''];
    this.#child = spawn(redisProgram() ?? 'redis-server', [...this.#file, ...settings, ...saving, ...this.#arguments], { stdio: 'ignore' });
    await listening(this.port);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  /** Takes its files away, so that it starts with nothing; not while it runs. */
  forget(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
  }

  /** One server is all there is. */
  async isWhole(): Promise<boolean> {
    return true;
  }

  /** One command in the inline form, for tests that look or change something from outside. */
  command(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(`${line}\r\n`));
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString());
      });
      socket.once('error', reject);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
