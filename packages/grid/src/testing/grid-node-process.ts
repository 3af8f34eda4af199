import { createInterface } from 'node:readline';
import type { GridNode } from '../api.ts';
import { startGrid } from '../grid.ts';
import { defaultTiming, type Timing } from '../membership/timing.ts';
import { DatabaseCertificateStore } from './database-store.ts';
import { scheduleGuardedTask } from './guarded-task.ts';

// One member in a process of its own, for tests: a JSON command a line on stdin, a JSON answer a line on stdout.
const [name = '', connectionString = '', rotationIntervalMs = '', protocolVersion = '', leaseMs = ''] = process.argv.slice(2);

interface Command {
  readonly id: number;
  readonly name: string;
  readonly key?: string;
  readonly value?: string;
}

/** Times that hang on the lease keep their proportion to it. */
function leasedFor(ms: number): Timing {
  const stretched = (name: keyof Timing): number => (defaultTiming[name] * ms) / defaultTiming.leaseMs;
  return {
    ...defaultTiming,
    leaseMs: ms,
    moveOutMs: stretched('moveOutMs'),
    stopGrantingMs: stretched('stopGrantingMs'),
    graceMs: stretched('graceMs'),
  };
}

const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
/** `majority:OWN PORT:PORT,PORT,…` on this machine, or a database. */
const [, ownPort, ports] = /^majority:(\d+):(.+)$/.exec(connectionString) ?? [];
const store = ports === undefined ? new DatabaseCertificateStore(connectionString) : undefined;
const grid = await startGrid(
  {
    nodeName: name,
    bindPort: Number(ownPort ?? 0),
    authority:
      ports === undefined
        ? { kind: 'postgres', connection: { connectionString } }
        : { kind: 'majority', addresses: ports.split(',').map((port) => `127.0.0.1:${port}`) },
    tls: store && { store, rotationIntervalDays: rotationIntervalMs === '' ? undefined : Number(rotationIntervalMs) / 86_400_000 },
    log: (line) => say({ log: line.message }),
  },
  {
    protocolVersion: protocolVersion === '' ? undefined : Number(protocolVersion),
    timing: leaseMs === '' ? undefined : leasedFor(Number(leaseMs)),
  },
);
grid.on('fenced', (reason) => say({ event: 'fenced', reason }));
grid.on('unfenced', () => say({ event: 'unfenced' }));
say({ event: 'started', id: grid.view.members.find((member) => member.self)?.id });

const cache = grid.cache<string, string>('test');
let task: AsyncDisposable | undefined;
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
  schedule: async (node, { key = '' }) => {
    task = await scheduleGuardedTask(node, key, 100);
  },
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
  await task?.[Symbol.asyncDispose]();
  await store?.close();
  process.stdin.destroy();
  say({ event: 'stopped' });
}

const input = createInterface({ input: process.stdin });
input.on('line', (line) => void run(JSON.parse(line) as Command));
input.on('close', () => void stop());
process.on('SIGTERM', () => void stop());
