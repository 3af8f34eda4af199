import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '../../bench/drivers/http.ts';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { NodeProcess } from '../../tools/demo/node-process.ts';
import { testDatabaseUrl, until } from '../support/test-cluster.ts';

export interface StackNodesOptions {
  readonly arguments: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** For one node, behind those of all. */
  readonly more?: (index: number) => readonly string[];
  readonly moreEnv?: (index: number) => Readonly<Record<string, string>>;
}

const viewLine = /ISPN000094: .*\((\d+)\) \[([^\]]*)\]/g;

/** Nodes of one stack on a database of their own, as processes; their logs can be asked. */
export class StackNodes implements AsyncDisposable {
  readonly nodes: readonly NodeProcess[];
  readonly #database: FreshDatabase;
  readonly #folder: string;

  private constructor(nodes: readonly NodeProcess[], database: FreshDatabase, folder: string) {
    this.nodes = nodes;
    this.#database = database;
    this.#folder = folder;
  }

  /** Nothing runs yet. */
  static async prepare(
    count: number,
    { arguments: words, env = {}, more = () => [], moreEnv = () => ({}) }: StackNodesOptions,
  ): Promise<StackNodes> {
    const database = await freshDatabase(testDatabaseUrl(), 'keygrid_stack');
    const folder = mkdtempSync(join(tmpdir(), 'keygrid-stack-'));
    const ports = await freePorts(count * 3);
    const nodes = Array.from({ length: count }, (_, index) => {
      const [http = 0, management = 0, cluster = 0] = ports.slice(index * 3, index * 3 + 3);
      return new NodeProcess({
        name: `n${index + 1}`,
        ports: { http, management, cluster },
        databaseUrl: database.url,
        hostname: `http://127.0.0.1:${ports[0]}`,
        homeDir: folder,
        logFile: join(folder, `n${index + 1}.log`),
        extraArguments: [...words, ...more(index)],
        env: { KC_BOOTSTRAP_ADMIN_USERNAME: 'admin', KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin', ...env, ...moreEnv(index) },
      });
    });
    return new StackNodes(nodes, database, folder);
  }

  node(index: number): NodeProcess {
    const found = this.nodes[index];
    if (found === undefined) throw new Error(`no node ${index}`);
    return found;
  }

  log(index: number): string {
    return readFileSync(this.node(index).options.logFile, 'utf8');
  }

  /** Lines of the level WARN or ERROR that hold `text`. */
  warnings(index: number, text: string): string[] {
    return this.log(index)
      .split('\n')
      .filter((line) => /^\S+ \S+ (?:WARN|ERROR)/.test(line) && line.includes(text));
  }

  /** Milliseconds between the warnings that hold `text`, one after the other, by the times in the log. */
  gapsMs(index: number, text: string): number[] {
    const times = this.warnings(index, text).map((line) => Date.parse(line.slice(0, 23).replace(',', '.')));
    return times.slice(1).map((time, at) => time - (times[at] ?? 0));
  }

  query(text: string): Promise<Record<string, unknown>[]> {
    return this.#database.query(text);
  }

  /** Waits until each of these nodes has warned of something so often, and is not ready. */
  async warned(indices: readonly number[], text: string, times = 1): Promise<void> {
    for (const index of indices) {
      await until(`n${index + 1} warns of '${text}'`, () => this.warnings(index, text).length >= times).catch((error: unknown) => {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n${this.node(index).logTail()}`);
      });
      if (await this.isReady(index)) throw new Error(`n${index + 1} is ready, though: ${this.warnings(index, text).join('\n')}`);
    }
  }

  async isReady(index: number): Promise<boolean> {
    const { management } = this.node(index).options.ports;
    return await call(`http://127.0.0.1:${management}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Names of the members in the last view that a node wrote to its log. */
  members(index: number): string[] {
    const [last] = [...this.log(index).matchAll(viewLine)].slice(-1);
    return (last?.[2] ?? '')
      .split(', ')
      .filter((part) => part.includes('('))
      .map((part) => part.slice(0, part.indexOf('(')))
      .sort();
  }

  /** Waits until these nodes are ready and each one's last view is exactly them. */
  async settled(indices: readonly number[], withinMs = 60_000): Promise<void> {
    const names = indices.map((index) => this.node(index).options.name).sort();
    const settled = async (): Promise<boolean> => {
      for (const index of indices) {
        if (!this.node(index).running) throw new Error(`${this.node(index).options.name} ended\n${this.node(index).logTail()}`);
        if (!(await this.isReady(index)) || this.members(index).join() !== names.join()) return false;
      }
      return true;
    };
    await until(`${names.join(', ')} are one view`, settled, withinMs).catch((error: unknown) => {
      const logs = indices.map((index) => this.node(index).logTail(8)).join('\n--\n');
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${logs}`);
    });
  }

  async kill(index: number): Promise<void> {
    const node = this.node(index);
    node.signal('SIGKILL');
    await node.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.nodes) node.signal('SIGKILL');
    await Promise.all(this.nodes.map((node) => node.exited));
    await this.#database.drop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
