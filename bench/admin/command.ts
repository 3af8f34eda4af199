import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';
import { conditions, keep } from '../report.ts';
import type { FreshDatabase } from '../servers/database.ts';
import { databaseWork } from '../servers/database-cpu.ts';
import type { ServerUnderTest } from '../servers/server.ts';
import { type Cost, measureOperation } from '../sessions/measure-operation.ts';
import { fixed, table } from '../table.ts';
import { adminCalls } from './operations.ts';
import { BIG, copiesOf, type Filled, type Population, populate } from './populate.ts';

export interface AdminCommand extends Population {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly callers: number;
}

/** The full form takes about ten minutes a server. A Java server is far from warm after some seconds of each call, and so it says over the table. The short one shows that everything can be measured. */
const fullForm: AdminCommand = { realms: 1_000, clients: 20_000, users: 100_000, seconds: 5, warmUpSeconds: 8, callers: 4 };
const shortForm: AdminCommand = { realms: 20, clients: 400, users: 2_000, seconds: 1, warmUpSeconds: 1, callers: 4 };

/** The form that the options ask for. */
export function adminForm(
  options: { readonly short: boolean } & Readonly<Partial<Record<'realms' | 'clients' | 'users' | 'seconds' | 'callers', string>>>,
): AdminCommand {
  const form = options.short ? shortForm : fullForm;
  return {
    // Another benchmark has none unless it is told.
    realms: Number(options.realms) || form.realms,
    clients: Number(options.clients ?? form.clients),
    users: Number(options.users ?? form.users),
    seconds: Number(options.seconds ?? form.seconds),
    warmUpSeconds: form.warmUpSeconds,
    callers: Number(options.callers ?? form.callers),
  };
}

export interface AdminResult {
  readonly server: string;
  /** When, where and with what it was measured. */
  readonly conditions: string;
  readonly filled: Filled;
  readonly costs: readonly Cost[];
}

/** What was kept of each server's last run. */
const KEPT = 'admin.json';

/** Fills a server and measures the calls, one after the other. */
export async function measureAdmin(server: ServerUnderTest, database: FreshDatabase, command: AdminCommand): Promise<AdminResult> {
  const filled = await populate(server, database, command);
  console.error(`${server.name}: filled in ${filled.seconds.toFixed(0)} s, then ready after ${filled.startMs.toFixed(0)} ms`);
  const work = await databaseWork(database);
  const { callers, seconds, warmUpSeconds } = command;
  const costs: Cost[] = [];
  for (const operation of await adminCalls(server, database)) {
    if (warmUpSeconds > 0) await measureOperation({ server, work, callers, seconds: warmUpSeconds }, operation);
    const cost = await measureOperation({ server, work, callers, seconds }, operation);
    console.error(`  ${cost.name}: p95 ${cost.p95Ms.toFixed(1)} ms`);
    costs.push(cost);
  }
  return { server: server.name, conditions: describeAdmin(command), filled, costs };
}

/** The calls in their order, the servers of each beside each other. */
export function renderAdmin(results: readonly AdminResult[]): string {
  const calls = results[0]?.costs.map(({ name }) => name) ?? [];
  const rows = calls.flatMap((name) =>
    results.flatMap(({ server, costs }) =>
      costs
        .filter((cost) => cost.name === name)
        .map((cost) => [
          name,
          server,
          fixed(cost.perSecond, 1),
          fixed(cost.p50Ms, 1),
          fixed(cost.p95Ms, 1),
          fixed(cost.p99Ms, 1),
          fixed(cost.serverCpuMs, 2),
          fixed(cost.databaseCpuMs, 2),
          String(cost.operations),
          String(cost.failures),
        ]),
    ),
  );
  const header = ['call', 'server', 'calls/s', 'p50 ms', 'p95 ms', 'p99 ms', 'server CPU ms', 'database CPU ms', 'calls', 'failed'];
  const starts = results.map(({ server, filled }) => [server, fixed(filled.seconds, 0), fixed(filled.startMs, 0)]);
  return `${table(header, rows)}\n\n${table(['server', 'filled in s', 'start to ready, everything there, ms'], starts)}`;
}

/** What is measured, in words, over the table. */
export function describeAdmin(command: AdminCommand): string {
  const { small, big } = copiesOf(command);
  return (
    `${conditions()}; ${command.realms} realms, ${command.clients} clients beside the built-in ones, ${command.users} users; ` +
    `the realm ${BIG} has ${big.clients} of the clients and ${big.users} of the users and is what is asked, the others have ${small.clients} and ${small.users} each; ` +
    `closed loop of ${command.callers}, ${command.warmUpSeconds} s warm-up and ${command.seconds} s a call, one node. ` +
    'A realm, client, user, group and event that the server made itself are copied within its tables.'
  );
}

/** A table of what was measured now; beside it what was kept of other servers, each with its own conditions. */
function report(results: readonly AdminResult[]): string {
  const conditions = results.map((result) => `${result.server}: ${result.conditions}`);
  return `# Administration of many\n\n${conditions.join('\n\n')}\n\n${renderAdmin(results)}\n`;
}

function withKept(results: readonly AdminResult[]): readonly AdminResult[] {
  const file = join(root, 'bench/results', KEPT);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as AdminResult[]) : [];
  return [...results, ...kept.filter(({ server }) => !results.some((one) => one.server === server))];
}

/** Prints the table, keeps it where that is asked for, and tells failures. Resolves with the exit code. */
export function reportAdmin(results: readonly AdminResult[], kept: boolean): number {
  console.log(report(results));
  if (kept) {
    const all = withKept(results);
    keep(KEPT, `${JSON.stringify(all)}\n`);
    keep('admin.md', report(all));
  }
  const failed = results.flatMap(({ server, costs }) => costs.filter(({ failures }) => failures > 0).map((cost) => ({ server, cost })));
  for (const { server, cost } of failed) console.log(`${server}, ${cost.name}: ${cost.failures} failed, first: ${cost.firstFailure}`);
  return failed.length === 0 ? 0 : 1;
}
