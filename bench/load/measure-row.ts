import { residentMb, totalCpuMs } from '../drivers/cpu.ts';
import type { DatabaseWork } from '../servers/database-cpu.ts';
import type { Crew, CrewResult } from './crew.ts';
import type { Trial } from './highest-rate.ts';
import type { Load } from './messages.ts';

/** Backends report their figures after at most a second. */
const STATISTICS_LAG_MS = 1_100;

/** One line of a table; figures are per operation unless they say otherwise. */
export interface Row {
  readonly name: string;
  readonly operations: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
  /** From the database's own counters; they include what the server does by itself meanwhile. */
  readonly transactions: number;
  readonly statements: number | undefined;
  readonly walBytes: number;
  /** Of all nodes together, at the end of the row. */
  readonly residentMb: number;
  /** Largest share of one core that a driver used; near 1 means that it was the limit. */
  readonly driverCores: number;
  readonly firstFailure: string | undefined;
}

export interface Measured {
  readonly crew: Crew;
  readonly serverPids: () => readonly number[];
  readonly database: () => Promise<DatabaseWork>;
  /** Waits for the backends' last report; without it short runs end sooner and the database's counters lag. */
  readonly settle: boolean;
}

/** Runs one operation and counts what it cost. */
export async function measureRow(on: Measured, name: string, load: Load): Promise<Row> {
  const databaseBefore = await on.database();
  const serverBefore = totalCpuMs(on.serverPids());
  const seen = await on.crew.run(name, load);
  const serverAfter = totalCpuMs(on.serverPids());
  if (on.settle) await new Promise((resolve) => setTimeout(resolve, STATISTICS_LAG_MS));
  const databaseAfter = await on.database();
  const count = Math.max(1, seen.latencies.count + seen.failures);
  const statements =
    databaseBefore.statements === undefined || databaseAfter.statements === undefined
      ? undefined
      : (databaseAfter.statements - databaseBefore.statements) / count;
  return {
    name,
    operations: seen.latencies.count,
    failures: seen.failures,
    perSecond: seen.latencies.count / seen.seconds,
    meanMs: seen.latencies.meanMs,
    p50Ms: seen.latencies.percentileUs(0.5) / 1_000,
    p95Ms: seen.latencies.percentileUs(0.95) / 1_000,
    p99Ms: seen.latencies.percentileUs(0.99) / 1_000,
    serverCpuMs: (serverAfter - serverBefore) / count,
    databaseCpuMs: (databaseAfter.cpuMs - databaseBefore.cpuMs) / count,
    transactions: (databaseAfter.transactions - databaseBefore.transactions) / count,
    statements,
    walBytes: (databaseAfter.walBytes - databaseBefore.walBytes) / count,
    residentMb: on.serverPids().reduce((sum, pid) => sum + residentMb(pid), 0),
    driverCores: seen.driverCores,
    firstFailure: seen.firstFailure,
  };
}

/** What the search for the highest rate asks of one rate. */
export function trialOf(seen: CrewResult): Trial {
  return {
    failures: seen.failures,
    meanMs: seen.latencies.meanMs,
    p95Ms: seen.latencies.percentileUs(0.95) / 1_000,
    perSecond: seen.latencies.count / seen.seconds,
  };
}
