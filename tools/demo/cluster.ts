import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from '@keygrid/embedded-postgres';
import { root } from '../../scripts/checks/repository.ts';
import { type Balancer, startBalancer } from '../balancer/balancer.ts';
import { startDemoApplication } from './application.ts';
import { NodeProcess } from './node-process.ts';
import { portsOf, takenPorts } from './ports.ts';

/** A start that cannot go on; the message says why and what to do. */
export class DemoError extends Error {}

export interface DemoClusterOptions {
  readonly nodes: number;
  readonly port: number;
  readonly fresh: boolean;
  readonly restart: boolean;
  /** Folder of data and logs. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

/** Port of the application that people log in to. */
export const APPLICATION_PORT = 8090;

/** How long a dead node rests before it is started again, so that a broken one does not spin. */
const RESTART_PAUSE_MS = 1_000;

/** The whole demonstration: database, nodes, balancer. Either all of it is up or none. */
export class DemoCluster {
  readonly #options: DemoClusterOptions;
  readonly nodes: NodeProcess[] = [];
  #database: EmbeddedPostgres | undefined;
  #balancer: Balancer | undefined;
  #application: Server | undefined;
  #stopping = false;

  constructor(options: DemoClusterOptions) {
    this.#options = options;
  }

  get url(): string {
    return `http://localhost:${this.#options.port}`;
  }

  get databasePort(): number | undefined {
    return this.#database?.port;
  }

  /** @throws DemoError; everything that was started is stopped before. */
  async start(): Promise<void> {
    await this.#checkPorts();
    const { folder, fresh, log } = this.#options;
    const home = join(folder, 'home');
    try {
      if (fresh) {
        // The data may lie elsewhere, where the unprivileged database user can reach it.
        removeEmbeddedPostgres(join(folder, 'postgres'));
        rmSync(folder, { recursive: true, force: true });
      }
      mkdirSync(join(home, 'data', 'import'), { recursive: true });
      mkdirSync(join(folder, 'logs'), { recursive: true });
      copyFileSync(join(root, 'tools/demo/demo-realm.json'), join(home, 'data', 'import', 'demo-realm.json'));
      log('starting PostgreSQL …');
      this.#database = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: (line) => log(`  ${line}`) });
      log(`  PostgreSQL is up on port ${this.#database.port}`);
      await this.#startNodes(home);
      this.#balancer = await startBalancer({
        host: '127.0.0.1',
        port: this.#options.port,
        log: (line) => this.#stopping || log(line),
        backends: this.nodes.map((node) => node.backend),
      });
      this.#application = await startDemoApplication({
        port: APPLICATION_PORT,
        issuer: `${this.url}/realms/demo`,
        clientId: 'demo-app',
        clientSecret: 'demo-app-secret',
      });
    } catch (error) {
      await this.stop();
      throw new DemoError(
        `${(error as Error).message}\n\nNothing was left running. Data and logs: ${folder}. If the data folder is broken: npm start -- --fresh`,
      );
    }
    for (const node of this.nodes) void this.#watch(node);
  }

  /** Stops the balancer, the nodes together, then the database. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#application?.closeAllConnections();
    this.#application?.close();
    await this.#balancer?.close();
    await Promise.all(this.nodes.map((node) => node.stop()));
    await this.#database?.stop();
  }

  /** The second Ctrl-C. */
  kill(): void {
    for (const node of this.nodes) node.signal('SIGKILL');
  }

  async #checkPorts(): Promise<void> {
    const wanted = new Map<string, number>([
      ['the balancer', this.#options.port],
      ['the demo application', APPLICATION_PORT],
    ]);
    for (let node = 1; node <= this.#options.nodes; node += 1) {
      const ports = portsOf(node);
      wanted
        .set(`node ${node}`, ports.http)
        .set(`management of node ${node}`, ports.management)
        .set(`cluster port of node ${node}`, ports.cluster);
    }
    const taken = await takenPorts(wanted);
    if (taken.length > 0) {
      throw new DemoError(
        `These ports are taken on 127.0.0.1: ${taken.join(', ')}.\nIs another npm start running? Stop it, or free the ports; the balancer's can be changed: npm start -- --port 9080`,
      );
    }
  }

  async #startNodes(home: string): Promise<void> {
    const { folder, log, nodes } = this.#options;
    for (let number = 1; number <= nodes; number += 1) {
      const name = `n${number}`;
      const node = new NodeProcess({
        name,
        ports: portsOf(number),
        databaseUrl: this.#database?.url ?? '',
        hostname: this.url,
        homeDir: home,
        logFile: join(folder, 'logs', `${name}.log`),
        env: {
          KC_BOOTSTRAP_ADMIN_USERNAME: process.env['KC_BOOTSTRAP_ADMIN_USERNAME'] ?? 'admin',
          KC_BOOTSTRAP_ADMIN_PASSWORD: process.env['KC_BOOTSTRAP_ADMIN_PASSWORD'] ?? 'admin',
        },
      });
      this.nodes.push(node);
      node.start();
    }
    log(`starting ${nodes} nodes …`);
    await Promise.all(
      this.nodes.map(async (node) => {
        await node.ready();
        log(`  ${node.options.name} is ready`);
      }),
    );
  }

  async #watch(node: NodeProcess): Promise<void> {
    const { log, restart } = this.#options;
    for (;;) {
      const code = await node.exited;
      if (this.#stopping) return;
      log(
        `node ${node.options.name} died (${code === null ? 'killed by a signal' : `exit code ${code}`}); the others go on. Its log: ${node.options.logFile}`,
      );
      if (!restart) {
        log(`  start it again with: npm start (all of them), or use --restart next time`);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
      if (this.#stopping) return;
      node.start();
      await node.ready().then(
        () => log(`node ${node.options.name} is back, pid ${node.pid}`),
        (error: Error) => log(error.message),
      );
    }
  }
}
