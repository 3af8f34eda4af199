import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { root } from '../../scripts/checks/repository.ts';
import { NodeProcess } from '../../tools/demo/node-process.ts';
import { call } from '../drivers/http.ts';
import { versionIn } from './reference.ts';
import type { ServerUnderTest } from './server.ts';

/** Patience, not an expectation: several nodes start at once, beside whatever else the machine does. */
const READY_WITHIN_MS = 150_000;

export interface KeygridOptions {
  readonly nodes: number;
  readonly databaseUrl: string;
  /** Realms imported at the first start. */
  readonly realms: readonly Record<string, unknown>[];
  /** Frontend URL; default the first node's own. */
  readonly hostname?: string;
  readonly extraArguments?: readonly string[];
  /** Further arguments of node `index` (0-based). */
  readonly nodeArguments?: (index: number) => readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** File to run instead of the sources. */
  readonly main?: string | undefined;
}

function statementsIn(scrape: string): number {
  return [...scrape.matchAll(/^keygrid_sql_statements_seconds_count\{[^}]*\} (\S+)/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
}

/** Nodes of this server as processes of their own. */
export class KeygridServer implements ServerUnderTest {
  readonly name = 'keygrid';
  readonly version = versionIn(join(root, 'package.json'));
  readonly bases: readonly string[];
  readonly managementBases: readonly string[];
  readonly nodes: readonly NodeProcess[];
  readonly folder: string;

  private constructor(folder: string, nodes: readonly NodeProcess[]) {
    this.folder = folder;
    this.nodes = nodes;
    this.bases = nodes.map((node) => `http://127.0.0.1:${node.options.ports.http}`);
    this.managementBases = nodes.map((node) => `http://127.0.0.1:${node.options.ports.management}`);
  }

  /** Prepares folders and ports; nothing runs yet. */
  static async prepare(options: KeygridOptions): Promise<KeygridServer> {
    const folder = mkdtempSync(join(tmpdir(), 'keygrid-cluster-'));
    mkdirSync(join(folder, 'data', 'import'), { recursive: true });
    for (const realm of options.realms)
      writeFileSync(join(folder, 'data', 'import', `${String(realm['realm'])}-realm.json`), JSON.stringify(realm));
    const ports = await freePorts(options.nodes * 3);
    const port = (index: number): number => ports[index] as number;
    const hostname = options.hostname ?? `http://127.0.0.1:${port(0)}`;
    const nodes = Array.from(
      { length: options.nodes },
      (_, index) =>
        new NodeProcess({
          name: `n${index + 1}`,
          ports: { http: port(index * 3), management: port(index * 3 + 1), cluster: port(index * 3 + 2) },
          databaseUrl: options.databaseUrl,
          hostname,
          homeDir: folder,
          logFile: join(folder, `n${index + 1}.log`),
          extraArguments: [...(options.extraArguments ?? []), ...(options.nodeArguments?.(index) ?? [])],
          main: options.main,
          env: { KC_BOOTSTRAP_ADMIN_USERNAME: 'admin', KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin', ...options.env },
        }),
    );
    return new KeygridServer(folder, nodes);
  }

  /** Prepares and starts all nodes at once. */
  static async start(options: KeygridOptions): Promise<KeygridServer> {
    const server = await KeygridServer.prepare(options);
    try {
      await Promise.all(server.nodes.map((_, index) => server.startNode(index)));
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  pids(): readonly number[] {
    return this.nodes.map((node) => node.pid ?? 0);
  }

  async startNode(index: number): Promise<number> {
    const began = performance.now();
    const node = this.nodes[index] as NodeProcess;
    node.start();
    await node.ready(READY_WITHIN_MS);
    return performance.now() - began;
  }

  /** By import at a start of node 0. */
  async createRealm(realm: Readonly<Record<string, unknown>>): Promise<void> {
    writeFileSync(join(this.folder, 'data', 'import', `${String(realm['realm'])}-realm.json`), JSON.stringify(realm));
    await this.stopNode(0);
    await this.startNode(0);
  }

  async sqlStatements(): Promise<number> {
    const scrapes = await Promise.all(this.managementBases.map((base) => call(`${base}/metrics`)));
    return scrapes.reduce((sum, { text }) => sum + statementsIn(text), 0);
  }

  signal(index: number, signal: NodeJS.Signals): void {
    this.nodes[index]?.signal(signal);
  }

  log(index: number): string {
    return readFileSync((this.nodes[index] as NodeProcess).options.logFile, 'utf8');
  }

  async stopNode(index: number): Promise<void> {
    await this.nodes[index]?.stop();
  }

  /** Ends everything at once, where nothing more is asked of it: an orderly stop waits for balancers. */
  async kill(): Promise<void> {
    for (const node of this.nodes) if (node.running) node.signal('SIGKILL');
    await Promise.all(this.nodes.map((node) => node.exited));
    rmSync(this.folder, { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) node.signal('SIGCONT');
    await Promise.all(this.nodes.map((node) => node.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
