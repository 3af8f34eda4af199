import { createInterface } from 'node:readline';
import type { GridNode } from '../api.ts';
import { Grid } from '../grid.ts';
import { DatabaseCertificateStore } from './database-store.ts';

// One member in a process of its own, for tests: a JSON command a line on stdin, a JSON answer a line on stdout.
const [name = '', connectionString = '', rotationIntervalMs] = process.argv.slice(2);

interface Command {
  readonly id: number;
  readonly name: string;
  readonly key?: string;
  readonly value?: string;
}

const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const store = new DatabaseCertificateStore(connectionString);
const grid = await Grid.start({
  nodeName: name,
  bindPort: 0,
  authority: { kind: 'postgres', connection: { connectionString } },
  tls: { store, rotationIntervalDays: rotationIntervalMs === undefined ? undefined : Number(rotationIntervalMs) / 86_400_000 },
  log: (line) => say({ log: line.message }),
});
grid.on('fenced', (reason) => say({ event: 'fenced', reason }));
grid.on('unfenced', () => say({ event: 'unfenced' }));
say({ event: 'started', id: grid.view.members.find((member) => member.self)?.id });

const cache = grid.cache<string>('test');
const commands: Record<string, (node: GridNode, command: Command) => unknown> = {
  put: (_, { key = '', value = '' }) => cache.put(key, value),
  get: (_, { key = '' }) => cache.get(key),
  take: (_, { key = '' }) => cache.getAndRemove(key),
  size: () => cache.size(),
  state: (node) => ({
    ready: node.ready,
    phase: node.view.phase,
    epoch: node.view.epoch,
    members: node.view.members.map((member) => member.name),
    coordinator: node.view.members.find((member) => member.coordinator)?.name,
  }),
  address: (node) => node.view.members.find((member) => member.self)?.address,
  figures: (node) => Object.fromEntries(node.figures()),
};

async function run(command: Command): Promise<void> {
  try {
    say({ id: command.id, result: (await commands[command.name]?.(grid, command)) ?? null });
  } catch (error) {
    say({ id: command.id, error: error instanceof Error && 'code' in error ? error.code : String(error) });
  }
}

async function stop(): Promise<void> {
  await grid.stop();
  await store.close();
  process.stdin.destroy();
  say({ event: 'stopped' });
}

const input = createInterface({ input: process.stdin });
input.on('line', (line) => void run(JSON.parse(line) as Command));
input.on('close', () => void stop());
process.on('SIGTERM', () => void stop());
