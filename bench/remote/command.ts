import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';
import { totalCpuMs } from '../drivers/cpu.ts';
import { conditions, keep } from '../report.ts';
import { openBenchDatabase } from '../servers/bench-database.ts';
import { freshDatabase } from '../servers/database.ts';
import { databaseWork } from '../servers/database-cpu.ts';
import { ExternalCaches, type ExternalType, hasExternal } from '../servers/external-caches.ts';
import { startNodes, USERS } from '../sessions/measure.ts';
import { type Cost, measureOperation } from '../sessions/measure-operation.ts';
import { openOperations } from '../sessions/operations.ts';
import { fixed, table } from '../table.ts';

export interface RemoteCommand {
  readonly seconds: number;
  readonly callers: number;
  /** Names of ways; empty = all. */
  readonly only: readonly string[];
  readonly keep: boolean;
}

interface Way {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly external?: ExternalType;
}

const volatile = ['--features-disabled=persistent-user-sessions'];

/** Where state can lie, in the order of the table. */
const ways: readonly Way[] = [
  { name: 'embedded grid', arguments: [] },
  { name: 'Infinispan', arguments: [], external: 'infinispan' },
  { name: 'Infinispan, sessions too', arguments: volatile, external: 'infinispan' },
  { name: 'Redis', arguments: [], external: 'redis' },
  { name: 'Redis, sessions too', arguments: volatile, external: 'redis' },
  { name: 'grid off', arguments: ['--features=stateless'] },
];

const measured = /^(?:login \(|refresh|introspection)/;

type RemoteCost = Cost & { readonly way: string; readonly externalCpuMs: number };

/** Two nodes, every request of a walk on another one: what each operation costs on all sides. */
async function measureWay(way: Way, databaseServer: string, { seconds, callers }: RemoteCommand): Promise<readonly RemoteCost[]> {
  const external = way.external === undefined ? undefined : await ExternalCaches.startPlain(way.external);
  const database = await freshDatabase(databaseServer, 'keygrid_bench');
  try {
    const server = await startNodes(2, database.url, [...way.arguments, ...(external?.arguments ?? [])]);
    try {
      const work = await databaseWork(database);
      const { operations } = await openOperations(server.bases, USERS, 1);
      const externalPids = external?.servers.map(({ pid }) => pid) ?? [];
      const costs: RemoteCost[] = [];
      for (const operation of operations.filter(({ name }) => measured.test(name))) {
        await measureOperation({ server, work, callers, seconds }, operation);
        const before = totalCpuMs(externalPids);
        const cost = await measureOperation({ server, work, callers, seconds }, operation);
        const count = Math.max(1, cost.operations + cost.failures);
        costs.push({ ...cost, way: way.name, externalCpuMs: (totalCpuMs(externalPids) - before) / count });
      }
      return costs;
    } finally {
      await server.stop();
    }
  } finally {
    await database.drop();
    await external?.stop();
  }
}

/** `npm run bench -- remote`: the same logins, refreshes and introspections, wherever state lies. */
export async function benchRemote(command: RemoteCommand): Promise<number> {
  const chosen = ways.filter(({ name }) => command.only.length === 0 || command.only.includes(name));
  const unknown = command.only.find((name) => !ways.some((way) => way.name === name));
  if (unknown !== undefined) throw new Error(`There is no way "${unknown}" to keep state: ${ways.map(({ name }) => name).join('; ')}`);
  const postgres = await openBenchDatabase();
  const costs: RemoteCost[] = [];
  try {
    for (const way of chosen) {
      if (way.external !== undefined && !hasExternal(way.external)) console.log(`${way.name}: not installed here, not measured`);
      else costs.push(...(await measureWay(way, postgres.url, command)));
    }
  } finally {
    await postgres.close();
  }
  const text = render(costs, command);
  console.log(text);
  // A run of some ways takes the place of their rows; the table is of the last run of each.
  if (command.keep) {
    const kept = [...earlier().filter(({ way }) => !costs.some((cost) => cost.way === way)), ...costs];
    keep('remote.json', `${JSON.stringify({ costs: kept }, undefined, 2)}\n`);
    keep('remote.md', `${render(kept, command)}\n`);
  }
  for (const cost of costs) if (cost.failures > 0) console.log(`${cost.way}, ${cost.name}: ${cost.failures} failed: ${cost.firstFailure}`);
  return costs.some(({ failures }) => failures > 0) ? 1 : 0;
}

function earlier(): readonly RemoteCost[] {
  const file = join(root, 'bench/results/remote.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { costs: RemoteCost[] }).costs : [];
}

function render(costs: readonly RemoteCost[], { callers }: RemoteCommand): string {
  const head = ['state on', 'ops/s', 'p50 ms', 'p99 ms', 'failed', 'server CPU ms', 'engine CPU ms', 'database CPU ms', 'SQL statements'];
  const tables = [...new Set(costs.map(({ name }) => name))].map((name) => {
    const rows = ways.flatMap((way) => costs.filter((cost) => cost.name === name && cost.way === way.name));
    const cells = rows.map((cost) => [
      cost.way,
      fixed(cost.perSecond, 0),
      fixed(cost.p50Ms, 1),
      fixed(cost.p99Ms, 1),
      String(cost.failures),
      fixed(cost.serverCpuMs, 2),
      fixed(cost.externalCpuMs, 2),
      fixed(cost.databaseCpuMs, 2),
      fixed(cost.statements, 2),
    ]);
    return `## ${name}\n\n${table(head, cells)}`;
  });
  const form = `two nodes, every request of a walk on another one; one external server on the same machine; closed loop of ${callers}; passwords hashed once with PBKDF2`;
  return ['# Where state lies', `${conditions()}; ${form}`, ...tables].join('\n\n');
}
