import type { GridResults } from './results.ts';

/** One line of "how fast it must be": the figure, its target, and whether it is met. */
export interface TargetLine {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  /** undefined = not measured in this run. */
  readonly met: boolean | undefined;
}

const round = (value: number, digits = 1): string => (Number.isFinite(value) ? value.toFixed(digits) : 'not measured');

/** Each figure of a run beside its target. */
export function targetLines({ rows, losses, transfer, coldStarts }: GridResults): readonly TargetLine[] {
  const row = (operation: string, callers: number) => rows.find((each) => each.operation === operation && each.callers === callers);
  const at = (operation: string, callers: number, figure: 'cpuUsPerOperation' | 'perSecond' | 'p50Us'): number =>
    row(operation, callers)?.[figure] ?? Number.NaN;
  const lines: TargetLine[] = [];
  const most = (what: string, measured: number, limit: number, unit: string, digits = 1): void =>
    void lines.push({
      what,
      target: `at most ${limit} ${unit}`,
      measured: `${round(measured, digits)}${Number.isFinite(measured) ? ` ${unit}` : ''}`,
      met: Number.isFinite(measured) ? measured <= limit : undefined,
    });
  const least = (what: string, measured: number, limit: number): void =>
    void lines.push({
      what,
      target: `at least ${limit}/s`,
      measured: Number.isFinite(measured) ? `${round(measured, 0)}/s` : 'not measured',
      met: Number.isFinite(measured) ? measured >= limit : undefined,
    });
  const [put, get] = ['put, 2 owners, remote primary', 'get, remote primary'];
  const [bareGet, barePut, relayed] = ['bare RPC of a get', 'bare RPC of a put, one hop', 'bare RPC of a put, relayed to a third'];
  most('put, 2 owners, 128 callers, CPU', at(put, 128, 'cpuUsPerOperation'), 12, 'µs');
  most('put, 2 owners, 1,024 callers, CPU', at(put, 1_024, 'cpuUsPerOperation'), 10, 'µs');
  most(
    'put, 2 owners, 128 callers, CPU, of the bare relayed RPC',
    at(put, 128, 'cpuUsPerOperation') / at(relayed, 128, 'cpuUsPerOperation'),
    1.5,
    '×',
    2,
  );
  const ways = 'bare RPC of a put, on the ways of writes';
  for (const callers of [128, 1_024])
    most(
      `put, 2 owners, ${callers.toLocaleString('en')} callers, CPU, of the bare RPC on the same ways`,
      at(put, callers, 'cpuUsPerOperation') / at(ways, callers, 'cpuUsPerOperation'),
      1.5,
      '×',
      2,
    );
  most('get, remote, 128 callers, CPU', at(get, 128, 'cpuUsPerOperation'), 5, 'µs');
  most('put, 2 owners, one caller, p50, of the bare round trip', at(put, 1, 'p50Us') / at(barePut, 1, 'p50Us'), 2.2, '×', 2);
  most('get, remote, one caller, p50, of the bare round trip', at(get, 1, 'p50Us') / at(bareGet, 1, 'p50Us'), 2.2, '×', 2);
  least('get, remote, 1,024 callers', at(get, 1_024, 'perSecond'), 120_000);
  least('put, 2 owners, 1,024 callers', at(put, 1_024, 'perSecond'), 60_000);
  for (const { event, longestMs, failures, evicted } of losses) {
    const limit = event.includes('seen to be gone') ? 1_000 : 6_000;
    most(`${event}, longest wait on its keys`, Math.max(...longestMs), limit, 'ms', 0);
    most(`${event}, operations failed`, failures, 0, '', 0);
    most(`${event}, others evicted`, evicted, 0, '', 0);
  }
  for (const { event, seconds, longestStallMs, load } of transfer?.rows ?? []) {
    if (event === 'join, idle') most(`${event}, until ready`, seconds, 15, 's');
    if (event.startsWith('join,') && load !== undefined) most(`${event}, until ready`, seconds, 45, 's');
    most(`${event}, longest stall of serving members`, longestStallMs, 20, 'ms');
  }
  if (coldStarts !== undefined) {
    const { rounds, oneLineage } = coldStarts;
    const measured = `${oneLineage} of ${rounds}`;
    lines.push({ what: 'cold starts with one lineage', target: `${rounds} of ${rounds}`, measured, met: oneLineage === rounds });
  }
  return lines;
}
