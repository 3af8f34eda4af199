import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeEmbeddedPostgres } from '@keygrid/embedded-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieJar, call } from '../bench/drivers/http.ts';
import { formAction } from '../bench/drivers/login-walk.ts';
import { root } from '../scripts/checks/repository.ts';
import { isTaken } from '../tools/demo/ports.ts';
import { until } from './support/test-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'keygrid-demo-'));
const APPLICATION = 'http://localhost:8090';

/** `npm start` as a process of its own, with what it printed. */
class Demo {
  output = '';
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;

  constructor(...args: readonly string[]) {
    this.child = spawn(process.execPath, [join(root, 'tools/demo/main.ts'), `--data=${folder}`, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
  }

  async up(): Promise<void> {
    await until(
      'the cluster is up, or the demo ended',
      () => this.output.includes('Ctrl-C stops everything') || this.child.exitCode !== null,
    );
    expect(this.output).toContain('Three things to try');
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGINT');
    return this.exited;
  }
}

/** Follows redirects between the application and the server as a browser does, one jar for each. */
async function browse(
  url: string,
  jars: ReadonlyMap<string, CookieJar>,
  form?: Readonly<Record<string, string>>,
): Promise<{ url: string; text: string }> {
  let at = url;
  let next = form;
  for (let hops = 0; hops < 10; hops += 1) {
    const jar = jars.get(new URL(at).origin) ?? new CookieJar();
    const answer = await call(at, { jar, ...(next === undefined ? {} : { form: next }) });
    next = undefined;
    if (answer.headers.location === undefined) return { url: at, text: answer.text };
    at = new URL(answer.headers.location, at).href;
  }
  throw new Error(`too many redirects, last to ${at}`);
}

describe('npm start', () => {
  let demo: Demo;
  const jars = new Map([
    ['http://localhost:8080', new CookieJar()],
    [APPLICATION, new CookieJar()],
  ]);

  beforeAll(async () => {
    demo = new Demo('--fresh', '--restart');
    await demo.up();
  });
  afterAll(async () => {
    const code = await demo?.stop();
    expect(code, demo?.output).toBe(0);
    removeEmbeddedPostgres(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('lets a person log in to the demo application through the balancer', async () => {
    const page = await browse(`${APPLICATION}/login`, jars);
    const inside = await browse(formAction(page.text) ?? '', jars, { username: 'alice', password: 'alice' });
    expect(inside.url).toBe(`${APPLICATION}/`);
    expect(inside.text).toContain('Hello, Alice Liddell');
  });

  it('shows that a node died, goes on without it, and starts it again when asked to', async () => {
    const pid = Number(/kill that node:\s+kill -9 (\d+)/.exec(demo.output)?.[1]);
    process.kill(pid, 'SIGKILL');
    await until('the death is shown', () => demo.output.includes('node n1 died'));
    expect((await browse(`${APPLICATION}/refresh`, jars)).text).toContain('Refreshed 1 times');
    await until('the node is back', () => demo.output.includes('node n1 is back'));
  });

  it('refuses a second start with the ports and the way out', async () => {
    const second = new Demo();
    expect(await second.exited).toBe(1);
    expect(second.output).toMatch(/taken.*8080 \(the balancer\)/);
    expect(second.output).toContain('--port');
  });

  it('stops everything in order, and the next start goes on with the same people logged in', async () => {
    expect(await demo.stop()).toBe(0);
    expect(demo.output).toContain('stopped.');
    for (const port of [8080, 8081, 8082, 8083, 9001, 7801, 8090]) expect(await isTaken(port), `port ${port}`).toBe(false);
    demo = new Demo();
    await demo.up();
    // The application forgot its sessions; the server did not: no form is shown.
    const again = await browse(`${APPLICATION}/login`, jars);
    expect(again.text).toContain('Hello, Alice Liddell');
  });

  it('explains its options and refuses what it does not know', async () => {
    const help = new Demo('--help');
    expect(await help.exited).toBe(0);
    expect(help.output).toContain('--nodes');
    const bad = new Demo('--nodes=many');
    expect(await bad.exited).toBe(2);
    expect(bad.output).toContain('many');
  });
});
