import type { IamResult, IamRow } from './iam.ts';
import { fixed, table } from './table.ts';

const optional = (value: number | undefined, digits: number): string => (value === undefined ? '-' : fixed(value, digits));

const header = [
  'operation',
  'ops/s',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'failed',
  'server CPU ms',
  'spread',
  'database CPU ms',
  'SQL statements',
  'SQL transactions',
  'WAL bytes',
  'memory MB',
  'highest rate/s',
  'driver cores',
];

function cells(row: IamRow): string[] {
  return [
    row.name,
    fixed(row.perSecond, 0),
    fixed(row.p50Ms, 1),
    fixed(row.p95Ms, 1),
    fixed(row.p99Ms, 1),
    String(row.failures),
    fixed(row.serverCpuMs, 3),
    row.cpuOfRuns.length < 2 ? '-' : `${fixed(row.cpuOfRuns[0] as number, 3)}..${fixed(row.cpuOfRuns.at(-1) as number, 3)}`,
    fixed(row.databaseCpuMs, 3),
    optional(row.statements, 2),
    fixed(row.transactions, 2),
    fixed(row.walBytes, 0),
    fixed(row.residentMb, 0),
    optional(row.highestRate, 0),
    fixed(row.driverCores, 2),
  ];
}

const times = (ratio: number, above: string, below: string): string => {
  // A row that had nothing to do.
  if (!Number.isFinite(ratio) || ratio === 0) return '-';
  return ratio >= 1 ? `${fixed(ratio, 1)} x ${above}` : `${fixed(1 / ratio, 1)} x ${below}`;
};

/** Every server against the first one named `keycloak`, row by row: how many times less (more than 1) or more (less than 1) CPU. */
function ratios(results: readonly IamResult[]): string {
  const original = results.find((result) => result.server === 'keycloak');
  const others = results.filter((result) => result !== original);
  if (original === undefined || others.length === 0) return '';
  const rows = original.rows.map((row) => [
    row.name,
    fixed(row.serverCpuMs, 3),
    ...others.flatMap((other) => {
      const own = other.rows.find((one) => one.name === row.name);
      if (own === undefined) return ['-', '-', '-'];
      return [
        fixed(own.serverCpuMs, 3),
        times(row.serverCpuMs / own.serverCpuMs, 'less', 'more'),
        times(own.perSecond / row.perSecond, 'more', 'less'),
      ];
    }),
  ]);
  const names = ['operation', 'keycloak CPU ms', ...others.flatMap((other) => [`${other.server} CPU ms`, 'CPU', 'operations a second'])];
  return `\n\n## Server CPU per operation, and operations a second, against the original\n\n${table(names, rows)}`;
}

/** The tables of `bench -- iam`. */
export function renderIam(results: readonly IamResult[]): string {
  const parts = results.map(
    (result) =>
      `## ${result.server} ${result.version}, ${result.nodes} node(s), PostgreSQL ${result.postgres}\n\nResident memory ${result.residentMbIdle.map((mb) => fixed(mb, 0)).join(', ')} MB before, ${result.residentMbAfter.map((mb) => fixed(mb, 0)).join(', ')} MB after; alone, before the operations: one password hash ${fixed(result.floors.passwordHashMs, 2)} ms CPU, one RS256 signature ${fixed(result.floors.signatureMs, 2)} ms CPU\n\n${table(
        header,
        result.rows.map(cells),
      )}${result.rows
        .filter((row) => row.firstFailure !== undefined)
        .map((row) => `\n\nfirst failure of ${row.name}: ${row.firstFailure}`)
        .join('')}`,
  );
  return `${parts.join('\n\n')}${ratios(results)}`;
}
