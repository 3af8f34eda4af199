import { progress } from '../drivers/progress.ts';
import { conditions, keep } from '../report.ts';
import { openBenchDatabase } from '../servers/bench-database.ts';
import { freshDatabase } from '../servers/database.ts';
import { fixed, table } from '../table.ts';
import {
  type ModeName,
  measureMode,
  measureRefresh,
  measureStock,
  modes,
  type SessionBenchOptions,
  type Stock,
  seed,
  startKeycloak,
  startMode,
} from './measure.ts';
import type { Cost } from './measure-operation.ts';

export interface SessionCommand extends SessionBenchOptions {
  /** Numbers of nodes that refreshes are measured with. */
  readonly refreshNodes: readonly number[];
  readonly keep: boolean;
  /** The real Keycloak beside this server, where its home is named; its tables hold no seeded sessions. */
  readonly keycloakHome?: string | undefined;
}

/** The full form needs a quiet machine and about a quarter of an hour; the short one shows in a minute or two that everything can be measured. */
export const fullForm = {
  users: 100_000,
  sessions: 1_000_000,
  cached: 10_000,
  swept: 200_000,
  seconds: 5,
  callers: 8,
  refreshNodes: [1, 3, 5],
};
export const shortForm = { users: 1_000, sessions: 5_000, cached: 500, swept: 2_000, seconds: 1, callers: 4, refreshNodes: [1, 3] };

function costTable(rows: readonly { readonly label: string; readonly cost: Cost }[], first: string): string {
  return table(
    [
      first,
      'operation',
      'ops/s',
      'p50 ms',
      'p99 ms',
      'failed',
      'server CPU ms',
      'database CPU ms',
      'SQL statements',
      'transactions',
      'WAL bytes',
    ],
    rows.map(({ label, cost }) => [
      label,
      cost.name,
      fixed(cost.perSecond, 0),
      fixed(cost.p50Ms, 1),
      fixed(cost.p99Ms, 1),
      String(cost.failures),
      fixed(cost.serverCpuMs, 2),
      fixed(cost.databaseCpuMs, 2),
      fixed(cost.statements, 2),
      fixed(cost.transactions, 2),
      fixed(cost.walBytes, 0),
    ]),
  );
}

function stockTable(stock: Stock, options: SessionCommand): string {
  return table(
    ['what', 'figure'],
    [
      [`${options.users} users and ${options.sessions} sessions written into the tables`, `${fixed(stock.seedSeconds, 0)} s`],
      [`memory of a node for ${options.cached} logins whose sessions it keeps`, `${fixed(stock.cachedMb, 1)} MB`],
      [`sweeper: ${stock.sweep.removed} sessions removed`, `${fixed(stock.sweep.seconds, 1)} s`],
      ['login p99, quiet / beside the sweeper', `${fixed(stock.sweep.quietP99Ms, 1)} / ${fixed(stock.sweep.besideP99Ms, 1)} ms`],
      [
        'after a stop of all nodes: one node ready / its first refresh',
        `${fixed(stock.restart.startMs, 0)} / ${fixed(stock.restart.firstRefreshMs, 1)} ms`,
      ],
      [
        `one node ready after a stop of all: without sessions / beside ${stock.offline.sessions} offline ones`,
        `${fixed(stock.offline.emptyStartMs, 0)} / ${fixed(stock.offline.startMs, 0)} ms`,
      ],
      [`logout of a realm with ${stock.realmLogout.sessions} sessions`, `${fixed(stock.realmLogout.seconds, 1)} s`],
    ],
  );
}

/** `npm run bench -- sessions`: the price of the ways to keep sessions, side by side, and what a large stock of them does. */
export async function benchSessions(command: SessionCommand): Promise<number> {
  const postgres = await openBenchDatabase();
  const prices: { label: string; cost: Cost }[] = [];
  const refreshes: { label: string; cost: Cost }[] = [];
  let stock = '';
  try {
    for (const mode of Object.keys(modes) as ModeName[]) {
      progress(`mode ${mode}`);
      const database = await freshDatabase(postgres.url, 'keygrid_bench');
      const server = await startMode(mode, 1, database.url);
      try {
        // The same stock in all modes; volatile sessions stand beside it, not in it.
        const seedSeconds = await seed(database, command);
        for (const cost of await measureMode(server, database, command)) prices.push({ label: mode, cost });
        if (mode === 'persistent') stock = stockTable(await measureStock(server, database, command, seedSeconds), command);
      } finally {
        await server.stop();
        await database.drop();
      }
    }
    if (command.keycloakHome !== undefined) {
      progress('Keycloak');
      const database = await freshDatabase(postgres.url, 'keygrid_bench');
      const server = await startKeycloak(command.keycloakHome, database.url);
      try {
        for (const cost of await measureMode(server, database, { ...command, users: 0 })) prices.push({ label: 'Keycloak', cost });
      } catch (error) {
        // What was measured before stays worth keeping.
        console.log(`Keycloak could not be measured: ${(error as Error).message}`);
      } finally {
        await server.stop();
        await database.drop();
      }
    }
    for (const nodes of command.refreshNodes) {
      progress(`refreshes over ${nodes} node(s)`);
      const database = await freshDatabase(postgres.url, 'keygrid_bench');
      const server = await startMode('persistent', nodes, database.url);
      try {
        for (const cost of await measureRefresh(server, database, command)) refreshes.push({ label: String(nodes), cost });
      } finally {
        await server.stop();
        await database.drop();
      }
    }
  } finally {
    await postgres.close();
  }
  const text = [
    '# Sessions',
    `${conditions()}; closed loop of ${command.callers}; passwords hashed once with PBKDF2, so that a login costs what its session costs; ${command.users} users and ${command.sessions} sessions in the tables`,
    `## One node, the three ways to keep sessions${command.keycloakHome === undefined ? '' : ', beside Keycloak with no sessions but those of the run'}`,
    costTable(prices, 'mode'),
    '## A large stock, persistent',
    stock,
    '## Refreshes over several nodes, persistent',
    costTable(refreshes, 'nodes'),
  ].join('\n\n');
  console.log(text);
  if (command.keep) keep('sessions.md', `${text}\n`);
  const failed = [...prices, ...refreshes].filter(({ cost }) => cost.failures > 0);
  for (const { label, cost } of failed) console.log(`${label}, ${cost.name}: ${cost.failures} failed, first: ${cost.firstFailure}`);
  return failed.length === 0 ? 0 : 1;
}
