import type { DatabaseWork } from '../servers/database-cpu.ts';
import { cpuMs, totalCpuMs } from './cpu.ts';

/** Backends report their figures after at most a second. */
const STATISTICS_LAG_MS = 1_100;

/** One kind of request; `index` counts the calls, so that an operation can spread over users and nodes. */
export interface Operation {
  readonly name: string;
  run(index: number): Promise<void>;
}

export interface LoadResult {
  readonly name: string;
  readonly operations: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly serverCpuMsPerOperation: number;
  readonly databaseCpuMsPerOperation: number;
  /** From the database's own count; includes what the server does by itself meanwhile. */
  readonly transactionsPerOperation: number;
  /** As the server counts them; undefined where it does not. */
  readonly statementsPerOperation: number | undefined;
  /** Share of one core that this driver used; near 1 means that it was the limit. */
  readonly driverCores: number;
  readonly firstFailure: string | undefined;
}

export interface LoadOptions {
  readonly callers: number;
  readonly seconds: number;
  readonly serverPids: readonly number[];
  /** Asked before and after: backends may come and go. */
  readonly databaseWork: () => Promise<DatabaseWork>;
  readonly sqlStatements?: (() => Promise<number>) | undefined;
}

/** The value below which `share` of the sorted figures lie. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Closed loop: each caller starts its next operation when the last one ended. */
export async function closedLoop(operation: Operation, options: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  let firstFailure: string | undefined;
  let index = 0;
  const statementsBefore = await options.sqlStatements?.();
  const databaseBefore = await options.databaseWork();
  const serverBefore = totalCpuMs(options.serverPids);
  const driverBefore = cpuMs(process.pid);
  const began = performance.now();
  const endsAt = began + options.seconds * 1000;
  await Promise.all(
    Array.from({ length: options.callers }, async () => {
      while (performance.now() < endsAt) {
        const mine = index;
        index += 1;
        const startedAt = performance.now();
        try {
          await operation.run(mine);
          latencies.push(performance.now() - startedAt);
        } catch (error) {
          failures += 1;
          firstFailure ??= (error as Error).message;
        }
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const serverAfter = totalCpuMs(options.serverPids);
  const driverAfter = cpuMs(process.pid);
  const statementsAfter = await options.sqlStatements?.();
  await new Promise((resolve) => setTimeout(resolve, STATISTICS_LAG_MS));
  const databaseAfter = await options.databaseWork();
  latencies.sort((a, b) => a - b);
  const count = Math.max(1, latencies.length + failures);
  return {
    name: operation.name,
    operations: latencies.length,
    failures,
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
    p99Ms: percentile(latencies, 0.99),
    serverCpuMsPerOperation: (serverAfter - serverBefore) / count,
    databaseCpuMsPerOperation: (databaseAfter.cpuMs - databaseBefore.cpuMs) / count,
    transactionsPerOperation: (databaseAfter.transactions - databaseBefore.transactions) / count,
    statementsPerOperation:
      statementsBefore === undefined || statementsAfter === undefined ? undefined : (statementsAfter - statementsBefore) / count,
    driverCores: (driverAfter - driverBefore) / 1000 / seconds,
    firstFailure,
  };
}
