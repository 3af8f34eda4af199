import { fixed, table } from '../table.ts';
import type { GridBenchRow } from './measure.ts';
import type { GridResults } from './results.ts';
import { targetLines } from './targets.ts';

function operations(rows: readonly GridBenchRow[]): string {
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

function targets(results: GridResults): string {
  return table(
    ['figure', 'target', 'measured', ''],
    targetLines(results)
      .filter(({ met }) => met !== undefined)
      .map(({ what, target, measured, met }) => [what, target, measured, met === true ? 'met' : '**missed**']),
  );
}

/** The tables of a run, targets first. */
export function renderGrid(results: GridResults): string {
  const parts: string[] = [];
  const part = (title: string, ...bodies: readonly string[]): void => void parts.push(`## ${title}`, ...bodies);
  if (targetLines(results).some(({ met }) => met !== undefined)) part('Targets', targets(results));
  if (results.rows.length > 0) part('Operations', operations(results.rows));
  const { rivals, losses, transfer, coldStarts, nodeCounts, tables = [] } = results;
  if (rivals !== undefined)
    part(
      'The same work elsewhere, in the same run',
      rivals.notes.map((note) => `- ${note}`).join('\n'),
      table(
        ['what', 'operation', 'callers', 'ops/s', 'CPU µs per op', 'p50 µs', 'p99 µs', 'p99.9 µs', 'failed'],
        rivals.rows.map((row) => [
          row.rival,
          row.operation === 'take' ? 'put and take' : row.operation,
          String(row.callers),
          fixed(row.perSecond, 0),
          fixed(row.cpuUsPerOperation, 1),
          fixed(row.p50Us, 0),
          fixed(row.p99Us, 0),
          fixed(row.p999Us, 0),
          String(row.failures),
        ]),
      ),
    );
  if (losses.length > 0)
    part(
      'Losses: callers on another member, keys of the lost one',
      table(
        ['event', 'longest wait ms, each time', 'failed', 'others evicted'],
        losses.map((row) => [row.event, row.longestMs.map((ms) => fixed(ms, 0)).join(', '), String(row.failures), String(row.evicted)]),
      ),
    );
  if (transfer !== undefined)
    part(
      `Moving ${(transfer.entries / 1e6).toFixed(2)} million entries of 352 bytes, two owners`,
      table(
        ['event', 'seconds', 'entries moved', 'MB/s', 'longest stall ms', 'load: ops', 'failed', 'p99 µs', 'longest ms'],
        transfer.rows.map(({ event, seconds, entries, mbPerSecond, longestStallMs, load }) => [
          event,
          fixed(seconds, 1),
          String(entries),
          fixed(mbPerSecond, 0),
          fixed(longestStallMs, 1),
          load === undefined ? '-' : String(load.operations),
          load === undefined ? '-' : String(load.failures),
          load === undefined ? '-' : fixed(load.p99Us, 0),
          load === undefined ? '-' : fixed(load.longestMs ?? Number.NaN, 0),
        ]),
      ),
      `Memory: ${fixed(transfer.mbPerMillion, 0)} MB resident per million entries on the member that holds them all. Filled in ${fixed(transfer.fillSeconds, 1)} s by one member alone.`,
    );
  if (coldStarts !== undefined)
    part(
      'Cold starts',
      `${coldStarts.rounds} times ${coldStarts.members} members at once on an empty cluster: one lineage in ${coldStarts.oneLineage}. Calls of Grid.start apart: median ${fixed(coldStarts.apartMs.median, 2)} ms, longest ${fixed(coldStarts.apartMs.longest, 1)} ms. All in one stable view: median ${fixed(coldStarts.stableMs.median, 0)} ms, longest ${fixed(coldStarts.stableMs.longest, 0)} ms.`,
    );
  if (nodeCounts.length > 0)
    part(
      'What a further member costs: 128 callers on one',
      table(
        ['operation', 'members', 'ops/s', 'CPU µs per op', 'p50 µs', 'p99 µs'],
        nodeCounts.map((row) => [
          row.operation,
          String(row.members),
          fixed(row.perSecond, 0),
          fixed(row.cpuUsPerOperation, 1),
          fixed(row.p50Us, 0),
          fixed(row.p99Us, 0),
        ]),
      ),
    );
  if (tables.length > 0)
    part(
      'The next owner table: CPU on the event loop of the member that proposes it',
      table(
        [
          'labels',
          'members',
          'first join of a process ms',
          'join ms',
          'leave ms',
          'copies moved by the join, two owners',
          "the joiner's share",
        ],
        tables.map((row) => [
          row.labels,
          String(row.members),
          fixed(row.coldJoinMs, 1),
          fixed(row.joinMs, 1),
          fixed(row.leaveMs, 1),
          String(row.movedCopies),
          String(row.share),
        ]),
      ),
    );
  return parts.join('\n\n');
}
