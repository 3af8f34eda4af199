import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cache, GridNode, UpdateFunction } from '../api.ts';
import { startGrid } from '../grid.ts';
import { DatabaseCertificateStore } from '../testing/database-store.ts';
import {
  type Command,
  type MemberOptions,
  type Operation,
  type Outcome,
  type Owners,
  owners as ownerCounts,
  type Report,
} from './protocol.ts';

// One member in a process of its own; the driver says what to do over the channel of child processes.
const retryMs = 500;
const dayMs = 86_400_000;
const spinMs = 3;
const stalls = monitorEventLoopDelay({ resolution: 10 });
stalls.enable();

const addOne: UpdateFunction<string> = (current) => {
  const next = String(Number(current ?? '0') + 1);
  return { value: next, result: next };
};

let grid: GridNode | undefined;
let store: DatabaseCertificateStore | undefined;
const caches = new Map<Owners, Cache<string, string>>();
const say = (report: Report): void => void process.send?.(report);
const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

let [readAt, waitedBefore] = [machineMs(), waitedMs()];

/** Time that this process was ready to run and did not get a processor, as Linux counts it; 0 elsewhere. */
function waitedMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** That time since the last call, where it was more than a quarter of all; else 0. */
function starvedMs(): number {
  const [now, waited] = [machineMs(), waitedMs()];
  const [elapsed, waiting] = [now - readAt, waited - waitedBefore];
  [readAt, waitedBefore] = [now, waited];
  return waiting > elapsed / 4 ? waiting : 0;
}

/**
 * A timer is late by a millisecond or more; who is to start with another one looks at the clock, and as far as the system lets it before
 * everybody else who wants the processor.
 */
function barrier(at: number): number {
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Only an administrator may; the race is judged by what it came to.
  }
  while (machineMs() < at);
  const beganAt = machineMs();
  try {
    setPriority(constants.priority.PRIORITY_NORMAL);
  } catch {
    // As above.
  }
  return beganAt;
}

async function start(options: MemberOptions, at: number): Promise<void> {
  const certificates = new DatabaseCertificateStore(options.databaseUrl);
  store = certificates;
  await delay(at - machineMs() - spinMs);
  const beganAt = at === 0 ? machineMs() : barrier(at);
  for (;;) {
    try {
      grid = await startGrid(
        {
          nodeName: options.name,
          clusterName: options.cluster,
          bindPort: options.port,
          authority: { kind: 'postgres', connection: { connectionString: options.databaseUrl } },
          tls: { store: certificates, rotationIntervalDays: options.rotationIntervalMs / dayMs },
          fastDeath: options.fastDeath,
          log: ({ level, message }) => {
            if (level !== 'debug') say({ kind: 'log', level, message });
          },
        },
        { route: ({ host, port }) => ({ host, port: options.routes[port] ?? port }) },
      );
      break;
    } catch (error) {
      // A database that is away stops a start, as it would stop any program's: whoever supervises it tries again.
      say({ kind: 'log', level: 'warn', message: `start failed: ${(error as Error).message}` });
      await delay(retryMs);
    }
  }
  const { name } = grid;
  for (const owners of ownerCounts) caches.set(owners, grid.cache<string, string>(`owners-${owners}`, { owners, updates: { addOne } }));
  grid.on('view', (view) => say({ kind: 'view', epoch: view.epoch, members: view.members.map(({ id, name }) => ({ id, name })) }));
  grid.on('fenced', (reason) => say({ kind: 'fenced', reason }));
  const { view } = grid;
  say({ kind: 'view', epoch: view.epoch, members: view.members.map(({ id, name }) => ({ id, name })) });
  say({ kind: 'log', level: 'info', message: `${name} started` });
  say({ kind: 'started', beganAt });
}

async function operate({ name, owners, key, value = '', version = '' }: Operation): Promise<Outcome> {
  const cache = caches.get(owners);
  if (cache === undefined) throw new Error('not started');
  switch (name) {
    case 'get': {
      const found = await cache.getVersioned(key);
      return { found: found !== undefined, value: found?.value, version: found?.version };
    }
    case 'put':
      await cache.put(key, value);
      return {};
    case 'putIfAbsent': {
      const standing = await cache.putIfAbsent(key, value);
      return { found: standing !== undefined, value: standing };
    }
    case 'replace':
      return { found: await cache.replace(key, value) };
    case 'remove':
      return { found: await cache.remove(key) };
    case 'getAndRemove': {
      const taken = await cache.getAndRemove(key);
      return { found: taken !== undefined, value: taken };
    }
    case 'replaceIfVersion':
      return { found: await cache.replaceIfVersion(key, value, version) };
    case 'removeIfVersion':
      return { found: await cache.removeIfVersion(key, version) };
    case 'add':
      return { value: await cache.update<string>(key, 'addOne', undefined) };
  }
}

async function stop(): Promise<void> {
  const beganAt = machineMs();
  await grid?.stop();
  await store?.close();
  say({ kind: 'left', tookMs: machineMs() - beganAt });
  process.disconnect();
}

function execute(command: Command): void {
  switch (command.kind) {
    case 'start':
      void start(command.options, command.at);
      return;
    case 'operate': {
      const { id } = command;
      operate(command.operation).then(
        (outcome) => say({ kind: 'outcome', id, outcome }),
        (error: Error & { code?: string }) => say({ kind: 'failure', id, code: error.code ?? String(error) }),
      );
      return;
    }
    case 'state': {
      const view = grid?.view;
      const state = {
        ready: grid?.ready ?? false,
        epoch: view?.epoch ?? 0,
        phase: view?.phase ?? '',
        members: view?.members.map((member) => member.name) ?? [],
      };
      say({ kind: 'state', id: command.id, state });
      return;
    }
    case 'stall':
      say({ kind: 'stall', id: command.id, ms: Math.max(stalls.max / 1e6, starvedMs()) });
      stalls.reset();
      return;
    case 'stop':
      void stop();
      return;
  }
}

process.on('message', execute);
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => void stop());
say({ kind: 'waiting' });
