import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';
import type { BackendAddress } from '../balancer/backend.ts';
import type { NodePorts } from './ports.ts';

const READY_WITHIN_MS = 60_000;
const POLL_MS = 50;
/** Ways to run in which a node has no port for others, and the options of one are refused. */
const withoutPort = /^--cache=local$|^--features=.*(?:multi-site|clusterless)/;

export interface NodeProcessOptions {
  readonly name: string;
  readonly ports: NodePorts;
  readonly databaseUrl: string;
  /** Full URL under which people see the cluster. */
  readonly hostname: string;
  readonly homeDir: string;
  readonly logFile: string;
  readonly extraArguments?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** File to run instead of the sources: a bundle, or the launcher. */
  readonly main?: string | undefined;
}

function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, timeout: 1_000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}

/** One Keygrid node as a process of its own, with its log in a file. */
export class NodeProcess {
  readonly options: NodeProcessOptions;
  #child: ChildProcess | undefined;
  #exited: Promise<number | null> = Promise.resolve(null);

  constructor(options: NodeProcessOptions) {
    this.options = options;
  }

  /** Where a balancer finds it. */
  get backend(): BackendAddress {
    const { name, ports } = this.options;
    return { name, host: '127.0.0.1', port: ports.http, managementPort: ports.management };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves with the exit code (null = killed by a signal) when the process that runs now ends. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  start(): void {
    const { ports, databaseUrl, hostname, homeDir, logFile, name } = this.options;
    const log = openSync(logFile, 'a');
    const child = spawn(
      process.execPath,
      [
        // A young generation that fits a laptop with three nodes: 10 MB less each, at no cost that can be measured.
        '--max-semi-space-size=4',
        this.options.main ?? join(root, 'packages/server/src/main.ts'),
        'start',
        '--http-enabled=true',
        '--http-host=127.0.0.1',
        `--http-port=${ports.http}`,
        `--http-management-port=${ports.management}`,
        ...(hostname === '' ? [] : [`--hostname=${hostname}`]),
        '--proxy-headers=xforwarded',
        '--proxy-trusted-addresses=127.0.0.1',
        '--health-enabled=true',
        '--metrics-enabled=true',
        ...(this.options.extraArguments?.some((argument) => withoutPort.test(argument)) === true
          ? []
          : ['--cache-embedded-network-bind-address=127.0.0.1', `--cache-embedded-network-bind-port=${ports.cluster}`]),
        `--spi-cache-embedded--default--node-name=${name}`,
        '--import-realm',
        ...(this.options.extraArguments ?? []),
      ],
      {
        cwd: root,
        // Threads of the pool free what others allocated: with an arena each, the C library keeps some 50 MB more of it after a load.
        // By the environment: the URL holds the password, and a command line can be read by every user of the machine.
        env: { MALLOC_ARENA_MAX: '2', ...process.env, ...this.options.env, KC_HOME_DIR: homeDir, KC_DB_URL: databaseUrl },
        stdio: ['ignore', log, log],
        detached: process.platform !== 'win32',
      },
    );
    closeSync(log);
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code) => resolve(code));
      child.once('error', () => resolve(1));
    });
  }

  /** Waits until /health/ready answers 200. @throws Error with the end of the log if the process ends or 60 s pass. */
  async ready(withinMs: number = READY_WITHIN_MS): Promise<void> {
    const began = performance.now();
    while (performance.now() - began < withinMs) {
      if (!this.running) throw new Error(`${this.options.name} ended while starting.\n${this.logTail()}`);
      if ((await statusOf(this.options.ports.management, '/health/ready')) === 200) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`${this.options.name} was not ready within ${withinMs / 1000} s.\n${this.logTail()}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** SIGTERM, and SIGKILL if it takes longer than `withinMs`. */
  async stop(withinMs = 15_000): Promise<void> {
    if (!this.running) return;
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), withinMs);
    await this.#exited;
    clearTimeout(timer);
  }

  /** The last lines of the log. */
  logTail(lines = 15): string {
    try {
      return readFileSync(this.options.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } catch {
      return `(no log in ${this.options.logFile})`;
    }
  }
}
