import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { root } from '../../scripts/checks/repository.ts';
import { call } from '../drivers/http.ts';
import { versionIn } from './reference.ts';
import type { ServerUnderTest } from './server.ts';

const READY_WITHIN_MS = 60_000;
const POLL_MS = 50;
export const peerNames = ['oidc-provider-memory', 'oidc-provider-postgres', 'oidc-provider-redis'] as const;
export type PeerName = (typeof peerNames)[number];

/** node-oidc-provider as a process of its own: one node, its part of the operations. */
export class PeerServer implements ServerUnderTest {
  readonly name: PeerName;
  readonly version = versionIn(join(root, 'node_modules/oidc-provider/package.json'));
  readonly bases: readonly string[];
  readonly managementBases: readonly string[];
  /** It has no login pages of its own; sessions come from the password grant. */
  readonly sessionsBy = 'password grant';
  readonly operations = [
    'discovery',
    'jwks',
    'password grant',
    'client credentials',
    'client credentials, ES256',
    'refresh',
    'userinfo',
    'introspection',
  ] as const;
  readonly #port: number;
  readonly #store: readonly string[];
  readonly #users: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'keygrid-peer-'));
  #child: ChildProcess | undefined;

  private constructor(name: PeerName, port: number, store: readonly string[], users: number) {
    this.name = name;
    this.#port = port;
    this.#store = store;
    this.#users = users;
    this.bases = [`http://127.0.0.1:${port}`];
    this.managementBases = this.bases;
  }

  /** `redisUrl` is asked only for the peer that needs it. */
  static async prepare(name: PeerName, options: { databaseUrl: string; redisUrl: string; users: number }): Promise<PeerServer> {
    const [port = 0] = await freePorts(1);
    const url = name === 'oidc-provider-postgres' ? options.databaseUrl : name === 'oidc-provider-redis' ? options.redisUrl : '';
    return new PeerServer(name, port, [name.slice('oidc-provider-'.length), String(options.users), url], options.users);
  }

  pids(): readonly number[] {
    return [this.#child?.pid ?? 0];
  }

  async startNode(): Promise<number> {
    const began = performance.now();
    const log = openSync(join(this.#folder, 'log'), 'a');
    const file = fileURLToPath(new URL('../peers/peer-process.ts', import.meta.url));
    const child = spawn(process.execPath, [file, String(this.#port), ...this.#store], { stdio: ['ignore', log, log] });
    this.#child = child;
    for (;;) {
      const ready = await call(`${this.bases[0]}/health/ready`).then(
        (answer) => answer.status === 200,
        () => false,
      );
      if (ready) return performance.now() - began;
      if (child.exitCode !== null || performance.now() - began > READY_WITHIN_MS)
        throw new Error(`${this.name} did not become ready:\n${this.log().slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Its realm is fixed: the mount of the process. */
  async createRealm(): Promise<void> {
    if (this.#users < 1) throw new Error('a peer needs users');
  }

  log(): string {
    return readFileSync(join(this.#folder, 'log'), 'utf8');
  }

  signal(_index: number, signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
