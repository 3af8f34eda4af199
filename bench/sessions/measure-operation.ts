import { totalCpuMs } from '../drivers/cpu.ts';
import { closedLoop } from '../load/loops.ts';
import type { Operation } from '../load/operation.ts';
import type { DatabaseWork } from '../servers/database-cpu.ts';
import type { ServerUnderTest } from '../servers/server.ts';

/** Backends report their figures after at most a second. */
const STATISTICS_LAG_MS = 1_100;

/** What one operation cost; figures are per operation. */
export interface Cost {
  readonly name: string;
  readonly operations: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly serverCpuMs: number;
  readonly databaseCpuMs: number;
  readonly transactions: number;
  /** As the server counts them, else as the database does; not a number where neither counts. */
  readonly statements: number;
  readonly walBytes: number;
}

export interface MeasuredServer {
  readonly server: ServerUnderTest;
  readonly work: () => Promise<DatabaseWork>;
  readonly callers: number;
  readonly seconds: number;
}

/** Runs one operation in a closed loop and counts what it cost on both sides. */
export async function measureOperation({ server, work, callers, seconds }: MeasuredServer, operation: Operation): Promise<Cost> {
  const told = await server.sqlStatements?.();
  const databaseBefore = await work();
  const cpuBefore = totalCpuMs(server.pids());
  const seen = await closedLoop(operation, { callers, seconds });
  const cpuAfter = totalCpuMs(server.pids());
  const toldAfter = await server.sqlStatements?.();
  await new Promise((resolve) => setTimeout(resolve, STATISTICS_LAG_MS));
  const databaseAfter = await work();
  const statementsBefore = told ?? databaseBefore.statements ?? Number.NaN;
  const statementsAfter = toldAfter ?? databaseAfter.statements ?? Number.NaN;
  const count = Math.max(1, seen.latencies.count + seen.failures);
  return {
    name: operation.name,
    operations: seen.latencies.count,
    failures: seen.failures,
    firstFailure: seen.firstFailure,
    perSecond: seen.latencies.count / seen.seconds,
    p50Ms: seen.latencies.percentileUs(0.5) / 1_000,
    p95Ms: seen.latencies.percentileUs(0.95) / 1_000,
    p99Ms: seen.latencies.percentileUs(0.99) / 1_000,
    serverCpuMs: (cpuAfter - cpuBefore) / count,
    databaseCpuMs: (databaseAfter.cpuMs - databaseBefore.cpuMs) / count,
    transactions: (databaseAfter.transactions - databaseBefore.transactions) / count,
    statements: (statementsAfter - statementsBefore) / count,
    walBytes: (databaseAfter.walBytes - databaseBefore.walBytes) / count,
  };
}
