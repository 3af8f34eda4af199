import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../scripts/checks/repository.ts';
import type { GridBenchRow } from './grid/measure.ts';
import type { IamResult } from './iam.ts';
import type { LifeResult } from './life.ts';

const fixed = (value: number, digits: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');

/** Pads columns so that the table reads in a terminal too. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

/** What stands over every table: the figures mean nothing without it. */
export function conditions(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  return `${new Date().toISOString().slice(0, 10)}, commit ${commit}, Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB; Argon2id 7168 KiB, t=5, p=1; RS256 with RSA-2048; load average at the end ${loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')} (1, 5, 15 minutes)`;
}

export function renderIam(results: readonly IamResult[]): string {
  const parts = results.map(
    (result) =>
      `${result.server}, ${result.nodes} node(s); resident memory ${result.residentMbIdle.map((mb) => fixed(mb, 0)).join(', ')} MB before, ${result.residentMbAfter.map((mb) => fixed(mb, 0)).join(', ')} MB after; alone, before the operations: one password hash ${fixed(result.floors.passwordHashMs, 2)} ms CPU, one RS256 signature ${fixed(result.floors.signatureMs, 2)} ms CPU\n\n${table(
        [
          'operation',
          'ops/s',
          'p50 ms',
          'p95 ms',
          'p99 ms',
          'failed',
          'server CPU ms',
          'database CPU ms',
          'SQL statements',
          'SQL transactions',
          'driver cores',
        ],
        result.rows.map((row) => [
          row.name,
          fixed(row.perSecond, 0),
          fixed(row.p50Ms, 1),
          fixed(row.p95Ms, 1),
          fixed(row.p99Ms, 1),
          String(row.failures),
          fixed(row.serverCpuMsPerOperation, 3),
          fixed(row.databaseCpuMsPerOperation, 3),
          row.statementsPerOperation === undefined ? '-' : fixed(row.statementsPerOperation, 2),
          fixed(row.transactionsPerOperation, 2),
          fixed(row.driverCores, 2),
        ]),
      )}${result.rows
        .filter((row) => row.firstFailure !== undefined)
        .map((row) => `\n\nfirst failure of ${row.name}: ${row.firstFailure}`)
        .join('')}`,
  );
  return parts.join('\n\n');
}

export function renderLife(results: readonly LifeResult[]): string {
  const starts = table(
    ['server', 'fresh database ms', 'schema present ms', 'three at once ms', 'CPU of a start ms', 'idle MB'],
    results.map((result) => [
      result.server,
      fixed(result.freshMs, 0),
      fixed(result.schemaPresentMs, 0),
      fixed(result.threeAtOnceMs, 0),
      fixed(result.startCpuMs, 0),
      fixed(result.residentMb, 0),
    ]),
  );
  const losses = table(
    ['server', 'event', 'requests', 'failed', 'longest ms', 'seconds disturbed', 'sessions lost'],
    results.flatMap((result) =>
      result.events.map((event) => [
        result.server,
        event.name,
        String(event.result.requests),
        String(event.result.failed),
        fixed(event.result.longestMs, 0),
        fixed(event.result.secondsDisturbed, 1),
        String(event.lostSessions),
      ]),
    ),
  );
  return `${starts}\n\n${losses}`;
}

export function renderGrid(rows: readonly GridBenchRow[]): string {
  const body = table(
    ['operation', 'callers', 'ops/s', 'CPU µs per op', 'p50 µs', 'p99 µs', 'p99.9 µs', 'longest stall ms', 'failed'],
    rows.map((row) => [
      row.operation,
      String(row.callers),
      fixed(row.perSecond, 0),
      fixed(row.cpuUsPerOperation, 1),
      fixed(row.p50Us, 0),
      fixed(row.p99Us, 0),
      fixed(row.p999Us, 0),
      fixed(row.longestStallMs, 1),
      String(row.failures),
    ]),
  );
  const failed = rows.find((row) => row.firstFailure !== undefined);
  return failed === undefined ? body : `${body}\n\nfirst failure of ${failed.operation}: ${failed.firstFailure}`;
}

/** Keeps a table under bench/results. */
export function keep(name: string, text: string): void {
  const file = join(root, 'bench/results', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`kept in bench/results/${name}`);
}
