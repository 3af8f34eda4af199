import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

const base = process.env['KEYGRID_TEST_DB_URL'] ?? 'postgres://postgres:postgres@127.0.0.1:5432/postgres';
const database = `express_session_${process.pid}`;
const databaseUrl = Object.assign(new URL(base), { pathname: `/${database}` }).toString();

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: base });
  await client.connect();
  await client.query(sql);
  await client.end();
}

class AppNode {
  readonly name: string;
  readonly #child: ChildProcess;
  #url = '';

  constructor(name: string) {
    this.name = name;
    const program = fileURLToPath(new URL('./testing/app-process.ts', import.meta.url));
    this.#child = spawn(process.execPath, [program, name, databaseUrl], { stdio: ['pipe', 'pipe', 'inherit'] });
  }

  async ready(): Promise<void> {
    const [line] = (await once(createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
    this.#url = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
  }

  async fetch(path: string, cookie = '', method = 'GET'): Promise<{ body: Record<string, unknown>; cookie: string }> {
    const response = await fetch(`${this.#url}${path}`, { method, headers: { cookie } });
    if (!response.ok) throw new Error(`${method} ${path} on ${this.name}: ${response.status} ${await response.text()}`);
    const [given] = response.headers.getSetCookie();
    return { body: (await response.json()) as Record<string, unknown>, cookie: given?.split(';')[0] ?? cookie };
  }

  async end(signal?: 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    if (signal === undefined) this.#child.stdin?.end();
    else this.#child.kill(signal);
    await exited;
  }
}

let nodes: AppNode[] = [];

beforeAll(async () => {
  await admin(`CREATE DATABASE ${database}`);
  nodes = ['n1', 'n2', 'n3'].map((name) => new AppNode(name));
  await Promise.all(nodes.map((node) => node.ready()));
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.end()));
  await admin(`DROP DATABASE ${database} WITH (FORCE)`);
});

async function settled(expected: readonly AppNode[]): Promise<void> {
  const states = async () => Promise.all(expected.map(async (node) => (await node.fetch('/state')).body));
  await expect.poll(states).toEqual(expected.map(() => ({ members: expected.length, phase: 'STABLE', ready: true })));
}

it('a session of an express application goes with its user from node to node, survives the kill of one, and ends everywhere', async () => {
  const [first, second, third] = nodes as [AppNode, AppNode, AppNode];
  await settled(nodes);
  const users = await Promise.all(Array.from({ length: 20 }, async () => (await first.fetch('/')).cookie));
  expect(new Set(users).size).toBe(20);
  for (const cookie of users) expect((await second.fetch('/', cookie)).body).toEqual({ visits: 1, lastSeenBy: 'n1' });

  await second.end('SIGKILL');
  for (const cookie of users) expect((await third.fetch('/', cookie)).body).toEqual({ visits: 2, lastSeenBy: 'n2' });
  await settled([first, third]);
  for (const cookie of users) expect((await first.fetch('/', cookie)).body).toEqual({ visits: 3, lastSeenBy: 'n3' });

  await third.fetch('/logout', users[0], 'POST');
  expect((await first.fetch('/', users[0])).body).toEqual({ visits: 0, lastSeenBy: null });
  expect((await first.fetch('/', users[1])).body).toEqual({ visits: 4, lastSeenBy: 'n1' });
});
