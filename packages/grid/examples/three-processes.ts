// Three processes, one cluster: what one puts all see, of racing callers one wins, and nothing is lost when a process is killed.
// Run it: node three-processes.ts (with DATABASE_URL, or with the PostgreSQL that @keygrid/embedded-postgres brings).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Grid } from '@keygrid/grid';

const [nodeName] = process.argv.slice(2);
if (nodeName === undefined) await conduct();
else await member(nodeName);

/** One process: a member of the cluster that does what it is told on its standard input. */
async function member(nodeName: string): Promise<void> {
  const grid = await Grid.start({
    nodeName,
    bindPort: 0,
    clusterName: 'three-processes',
    authority: { kind: 'postgres', connection: { connectionString: process.env['DATABASE_URL'] } },
  });
  const codes = grid.cache<string, { user: string }>('codes', { owners: 2, lifespanMs: 60_000 });
  const all = Promise.withResolvers<void>();
  // At rest, so that the loss of one member loses nothing.
  const look = (): void => void (grid.view.members.length === 3 && grid.view.phase === 'STABLE' && all.resolve());
  grid.on('view', look);
  look();
  await all.promise;

  console.log('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, code = ''] = line.split(' ');
    if (command === 'put') await codes.put(code, { user: 'ann' });
    if (command === 'put') console.log('stored');
    else if (command === 'take') console.log((await codes.getAndRemove(code)) === undefined ? 'nothing' : 'taken');
    else if (command === 'count') console.log(await codes.size());
  }
  await grid.stop();
}

/** Starts the three and tells them what to do. */
async function conduct(): Promise<void> {
  await using database = await openDatabase();
  const members = ['n1', 'n2', 'n3'].map((name) =>
    spawn(process.execPath, [fileURLToPath(import.meta.url), name], {
      env: { ...process.env, DATABASE_URL: database.url },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const [n1, n2, n3] = members.map(talkTo) as [Talk, Talk, Talk];
  await Promise.all([n1.hear(), n2.hear(), n3.hear()]);

  for (let code = 1; code <= 100; code++) await n1.ask(`put code-${code}`);
  console.log('n1 stored 100 codes, n3 counts', await n3.ask('count'));

  const race = await Promise.all([n1, n2, n3].map((member) => member.ask('take code-1')));
  console.log('of three that take the same code at once', race.filter((answer) => answer === 'taken').length, 'gets it');

  await n2.kill();
  console.log('n2 is killed, n3 counts', await n3.ask('count'));

  await Promise.all([n1.end(), n3.end()]);
}

interface Talk {
  hear(): Promise<string>;
  ask(line: string): Promise<string>;
  kill(): Promise<void>;
  end(): Promise<void>;
}

function talkTo(child: ChildProcess): Talk {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const hear = async (): Promise<string> => String((await lines.next()).value);
  const exited = once(child, 'exit');
  return {
    hear,
    ask: async (line) => {
      child.stdin?.write(`${line}\n`);
      return hear();
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    end: async () => {
      child.stdin?.end();
      await exited;
    },
  };
}

async function openDatabase(): Promise<AsyncDisposable & { readonly url: string }> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined) return { url: given, [Symbol.asyncDispose]: async () => {} };
  const { startEmbeddedPostgres } = await import('@keygrid/embedded-postgres');
  const folder = await mkdtemp(join(tmpdir(), 'three-processes-'));
  const server = await startEmbeddedPostgres({ dataDir: folder, log: () => {}, durable: false });
  return {
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// It prints:
// n1 stored 100 codes, n3 counts 100
// of three that take the same code at once 1 gets it
// n2 is killed, n3 counts 99
