import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { admin, adminToken } from '../drivers/admin.ts';
import type { ServerUnderTest } from './server.ts';

const READY_WITHIN_MS = 420_000;
const STOPPED_WITHIN_MS = 20_000;

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/health/ready', timeout: 1_000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/** kc.sh keeps its shell and runs Java beneath it; CPU, memory and signals are Java's. */
function javaUnder(shellPid: number): number {
  try {
    const [child = ''] = readFileSync(`/proc/${shellPid}/task/${shellPid}/children`, 'utf8').split(' ');
    return Number(child) || shellPid;
  } catch {
    return shellPid;
  }
}

/** Nodes of the real Keycloak, started with `start --optimized`. */
export class KeycloakServer implements ServerUnderTest {
  readonly name = 'keycloak';
  readonly version: string;
  readonly bases: readonly string[];
  readonly managementBases: readonly string[];
  readonly #home: string;
  readonly #database: URL;
  readonly #ports: readonly number[];
  readonly #nodeArguments: (index: number) => readonly string[];
  readonly #hostname: string | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), 'keygrid-reference-'));
  readonly #children: (ChildProcess | undefined)[];

  private constructor(
    home: string,
    databaseUrl: string,
    nodes: number,
    ports: readonly number[],
    nodeArguments: (index: number) => readonly string[],
    hostname: string | undefined,
  ) {
    this.#nodeArguments = nodeArguments;
    this.#hostname = hostname;
    this.#home = home;
    this.version = /\d[\w.-]*/.exec(readFileSync(join(home, 'version.txt'), 'utf8'))?.[0] ?? 'unknown';
    this.#database = new URL(databaseUrl);
    this.#ports = ports;
    this.#children = Array.from({ length: nodes }, () => undefined);
    this.bases = this.#children.map((_, index) => `http://127.0.0.1:${ports[index * 3]}`);
    this.managementBases = this.#children.map((_, index) => `http://127.0.0.1:${ports[index * 3 + 1]}`);
  }

  static async prepare(options: {
    home: string;
    databaseUrl: string;
    nodes: number;
    /** Further arguments of node `index` (0-based). */
    nodeArguments?: (index: number) => readonly string[];
    /** Frontend URL; default the first node's own. */
    hostname?: string;
  }): Promise<KeycloakServer> {
    return new KeycloakServer(
      options.home,
      options.databaseUrl,
      options.nodes,
      await freePorts(options.nodes * 3),
      options.nodeArguments ?? (() => []),
      options.hostname,
    );
  }

  pids(): readonly number[] {
    return this.#children.map((child) => javaUnder(child?.pid ?? 0));
  }

  async startNode(index: number): Promise<number> {
    const began = performance.now();
    const [http = 0, management = 0, cluster = 0] = this.#ports.slice(index * 3, index * 3 + 3);
    const logFile = join(this.#folder, `node${index}.log`);
    const log = openSync(logFile, 'a');
    const nodeArguments = this.#nodeArguments(index);
    const child = spawn(
      join(this.#home, 'bin', 'kc.sh'),
      [
        'start',
        '--optimized',
        `--db-url=jdbc:postgresql://${this.#database.host}${this.#database.pathname}`,
        `--db-username=${this.#database.username || 'postgres'}`,
        `--db-password=${this.#database.password || 'x'}`,
        '--http-enabled=true',
        '--http-host=127.0.0.1',
        // One issuer for all nodes: tokens of one are refused by the others otherwise.
        `--hostname=${this.#hostname ?? this.bases[0]}`,
        `--http-port=${http}`,
        `--http-management-port=${management}`,
        ...(nodeArguments.some((argument) => argument === '--cache=local' || argument.startsWith('--cache-remote-host='))
          ? []
          : ['--cache-embedded-network-bind-address=127.0.0.1', `--cache-embedded-network-bind-port=${cluster}`]),
        ...nodeArguments,
      ],
      {
        env: {
          ...process.env,
          KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
          KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin',
          JAVA_OPTS_APPEND: '-Djgroups.fd.port-offset=5000',
        },
        stdio: ['ignore', log, log],
      },
    );
    this.#children[index] = child;
    while (!(await isReady(management))) {
      if (child.exitCode !== null || performance.now() - began > READY_WITHIN_MS)
        throw new Error(`Keycloak node ${index} did not become ready:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return performance.now() - began;
  }

  async createRealm(realm: Readonly<Record<string, unknown>>): Promise<void> {
    const [first = ''] = this.bases;
    await admin(first, await adminToken(first), 'POST', '/realms', realm);
  }

  log(index: number): string {
    return readFileSync(join(this.#folder, `node${index}.log`), 'utf8');
  }

  signal(index: number, signal: NodeJS.Signals): void {
    const pid = this.pids()[index] ?? 0;
    if (pid > 0) process.kill(pid, signal);
  }

  async stopNode(index: number): Promise<void> {
    const child = this.#children[index];
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const pid = javaUnder(child.pid ?? 0);
    const signal = (name: NodeJS.Signals): void => {
      try {
        process.kill(pid, name);
      } catch {
        // It ended meanwhile.
      }
    };
    signal('SIGCONT');
    signal('SIGTERM');
    const timer = setTimeout(() => signal('SIGKILL'), STOPPED_WITHIN_MS);
    await gone;
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((_, index) => this.stopNode(index)));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
