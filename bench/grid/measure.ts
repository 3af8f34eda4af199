import { type BenchMember, startMembers } from './member-process.ts';
import { operationNames } from './operations.ts';
import type { EndAnswer, RunAnswer } from './protocol.ts';

export interface GridBenchOptions {
  readonly databaseUrl: string;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly callers: readonly number[];
  /** Only operations whose name contains one of these. */
  readonly only: readonly string[];
  /** For the members' processes, for example `--cpu-prof`. */
  readonly nodeArguments?: readonly string[] | undefined;
}

export interface GridBenchRow extends RunAnswer {
  readonly operation: string;
  readonly callers: number;
  readonly perSecond: number;
  /** Of all processes together, callers included. */
  readonly cpuUsPerOperation: number;
  readonly longestStallMs: number;
}

/** Three members in processes of their own over TLS on loopback; the first one calls. */
export async function measureGrid(options: GridBenchOptions): Promise<readonly GridBenchRow[]> {
  const { members, ports } = await startMembers(options.databaseUrl, 3, { cluster: 'bench-operations' }, options.nodeArguments);
  try {
    await Promise.all(members.map((member, self) => member.ask({ kind: 'connect', ports: ports.filter((_, index) => index !== self) })));
    const rows: GridBenchRow[] = [];
    for (const operation of operationNames.filter((name) => options.only.some((part) => name.includes(part)))) {
      for (const callers of options.callers) rows.push(await measureOperation(members, operation, callers, options));
    }
    return rows;
  } finally {
    for (const member of members) await member.stop();
  }
}

export interface NodeCountRow extends GridBenchRow {
  readonly members: number;
}

const countedOperations = ['get, any primary', 'put, 2 owners, any primary'];

/** The same work on clusters of different sizes: what a further member costs. */
export async function measureNodeCounts(databaseUrl: string, counts: readonly number[], seconds: number): Promise<readonly NodeCountRow[]> {
  const rows: NodeCountRow[] = [];
  for (const count of counts) {
    const { members } = await startMembers(databaseUrl, count, { cluster: `bench-size-${count}` });
    try {
      for (const operation of countedOperations) {
        const row = await measureOperation(members, operation, 128, { seconds, warmUpSeconds: seconds / 2 });
        rows.push({ ...row, members: count });
      }
    } finally {
      await Promise.all(members.map((member) => member.kill()));
    }
  }
  return rows;
}

async function measureOperation(
  members: readonly BenchMember[],
  operation: string,
  callers: number,
  { seconds, warmUpSeconds }: Pick<GridBenchOptions, 'seconds' | 'warmUpSeconds'>,
): Promise<GridBenchRow> {
  const first = members[0] as BenchMember;
  const run = (runSeconds: number) => first.ask<RunAnswer>({ kind: 'run', operation, callers, seconds: runSeconds });
  await run(warmUpSeconds);
  await Promise.all(members.map((member) => member.ask({ kind: 'begin' })));
  const answer = await run(seconds);
  const ends = await Promise.all(members.map((member) => member.ask<EndAnswer>({ kind: 'end' })));
  const count = Math.max(1, answer.operations + answer.failures);
  return {
    ...answer,
    operation,
    callers,
    perSecond: answer.operations / answer.seconds,
    cpuUsPerOperation: ends.reduce((sum, end) => sum + end.cpuUs, 0) / count,
    longestStallMs: Math.max(...ends.map((end) => end.longestStallMs)),
  };
}
