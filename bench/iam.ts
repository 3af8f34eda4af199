import { residentMb } from './drivers/cpu.ts';
import { type Floors, measureFloors } from './drivers/floors.ts';
import { progress } from './drivers/progress.ts';
import { Crew } from './load/crew.ts';
import { highestRate, keepsLimits } from './load/highest-rate.ts';
import { measureRow, type Row, trialOf } from './load/measure-row.ts';
import { operationsOf } from './load/operations.ts';
import { type FreshDatabase, postgresVersion } from './servers/database.ts';
import { databaseWork } from './servers/database-cpu.ts';
import type { ServerUnderTest } from './servers/server.ts';

/** Users of the bench realm unless told otherwise; logins rotate over them. */
export const USERS = 50;
/** Clients of the bench realm unless told otherwise. */
export const CLIENTS = 2;
const FIRST_RATE = 5;
const SEARCH_STEPS = 4;
/** Of the rate of the closed loop: where a search begins. */
const LIKELY_PART = 0.25;

export interface IamOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly callers: number;
  /** Driver processes. */
  readonly drivers: number;
  readonly users: number;
  readonly clients: number;
  /** Names of operations; empty = all. */
  readonly only: readonly string[];
  /** Looks for the highest rate of each operation within the limits too. */
  readonly search: boolean;
  /** Arrivals a second of an open model, in place of callers. */
  readonly perSecond: number | undefined;
  /** Every row so many times; the table shows medians and the spread. */
  readonly repeat: number;
}

export interface IamRow extends Row {
  /** Server CPU ms per operation of each run, lowest first. */
  readonly cpuOfRuns: readonly number[];
  /** Calls a second within the limits; undefined where none did or it was not looked for. */
  readonly highestRate: number | undefined;
  /** Every rate that the search tried, and whether it kept the limits. */
  readonly trials: readonly { readonly perSecond: number; readonly p95Ms: number; readonly kept: boolean }[];
}

export interface IamResult {
  readonly server: string;
  readonly version: string;
  readonly postgres: string;
  readonly nodes: number;
  readonly residentMbIdle: readonly number[];
  readonly residentMbAfter: readonly number[];
  /** Taken before the operations, while the servers were idle. */
  readonly floors: Floors;
  readonly rows: readonly IamRow[];
}

/** Names of all operations, in the order of the table. */
export const operationNames: readonly string[] = operationsOf({
  bases: [''],
  realm: 'bench',
  users: 1,
  furtherClients: 0,
  sessionsBy: 'login',
  worker: 0,
  workers: 1,
}).map((operation) => operation.name);

/** Deleting operations are measured once a table: what they delete was made by the rows before. */
const isOnce = (name: string): boolean => name.includes('delete') || name.includes('create realm');

/** What the server has of what was asked for. */
const chosen = (server: ServerUnderTest, only: readonly string[]): readonly string[] =>
  operationNames.filter((one) => (only.length === 0 || only.includes(one)) && (server.operations ?? operationNames).includes(one));

/** Runs every operation against a started server with the realm `bench`, on a database that nothing else uses. */
export async function measureIam(server: ServerUnderTest, database: FreshDatabase, options: IamOptions): Promise<IamResult> {
  const residentMbIdle = server.pids().map(residentMb);
  const floors = await measureFloors();
  const crew = await Crew.start(options.drivers, {
    bases: server.bases,
    realm: 'bench',
    users: options.users,
    furtherClients: Math.max(0, options.clients - CLIENTS),
    sessionsBy: server.sessionsBy ?? 'login',
  });
  const measured = { crew, serverPids: () => server.pids(), database: await databaseWork(database), settle: options.warmUpSeconds > 0 };
  const rows: IamRow[] = [];
  try {
    for (const name of chosen(server, options.only)) {
      progress(`${server.name}: ${name}`);
      const load = (seconds: number) =>
        options.perSecond === undefined
          ? ({ model: 'closed', callers: options.callers, seconds } as const)
          : ({ model: 'open', perSecond: options.perSecond, seconds } as const);
      if (options.warmUpSeconds > 0 && !isOnce(name)) await crew.run(name, load(options.warmUpSeconds));
      const runs: Row[] = [];
      for (let run = 0; run < (isOnce(name) ? 1 : options.repeat); run += 1)
        runs.push(await measureRow(measured, name, load(options.seconds)));
      runs.sort((one, other) => one.serverCpuMs - other.serverCpuMs);
      const median = runs[Math.floor(runs.length / 2)] as Row;
      const trials: IamRow['trials'][number][] = [];
      const search = (first: number) =>
        highestRate(first, SEARCH_STEPS, async (perSecond) => {
          const trial = trialOf(await crew.run(name, { model: 'open', perSecond, seconds: options.seconds }));
          trials.push({ perSecond, p95Ms: trial.p95Ms, kept: keepsLimits(trial, perSecond) });
          return trial;
        });
      // What the closed loop reached says where to look; where not even a part of that keeps the limits, from the bottom.
      const likely = Math.max(FIRST_RATE, Math.floor(median.perSecond * LIKELY_PART));
      const found =
        options.search && !isOnce(name)
          ? ((await search(likely)) ?? (likely > FIRST_RATE ? await search(FIRST_RATE) : undefined))
          : undefined;
      rows.push({
        ...median,
        failures: runs.reduce((sum, run) => sum + run.failures, 0),
        cpuOfRuns: runs.map((run) => run.serverCpuMs),
        highestRate: found?.perSecond,
        trials,
      });
    }
  } finally {
    crew.stop();
  }
  return {
    server: server.name,
    version: server.version,
    postgres: await postgresVersion(database),
    nodes: server.bases.length,
    residentMbIdle,
    floors,
    residentMbAfter: server.pids().map(residentMb),
    rows,
  };
}
