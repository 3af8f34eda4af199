import { DatabaseCertificateStore } from '../../packages/grid/src/testing/database-store.ts';
import { BenchMember } from './member-process.ts';
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
  /** Of all three processes together, callers included. */
  readonly cpuUsPerOperation: number;
  readonly longestStallMs: number;
}

/** Three members in processes of their own over TLS on loopback; the first one calls. */
export async function measureGrid(options: GridBenchOptions): Promise<readonly GridBenchRow[]> {
  const store = new DatabaseCertificateStore(options.databaseUrl);
  await store.prepare();
  await store.close();
  const members = ['n1', 'n2', 'n3'].map((name) => new BenchMember(name, options.databaseUrl, options.nodeArguments ?? []));
  try {
    const ports = (await Promise.all(members.map((member) => member.ready))).map(({ port }) => port);
    await Promise.all(members.map((member, self) => member.ask({ kind: 'connect', ports: ports.filter((_, index) => index !== self) })));
    const rows: GridBenchRow[] = [];
    for (const operation of operationNames.filter((name) => options.only.some((part) => name.includes(part)))) {
      for (const callers of options.callers) rows.push(await measure(members, operation, callers, options));
    }
    return rows;
  } finally {
    for (const member of members) await member.stop();
  }
}

async function measure(
  members: readonly BenchMember[],
  operation: string,
  callers: number,
  { seconds, warmUpSeconds }: GridBenchOptions,
): Promise<GridBenchRow> {
  const [first] = members as readonly [BenchMember];
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
