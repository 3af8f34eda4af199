import { BenchMember, prepareStore } from './member-process.ts';
import { BULK_VALUE_BYTES, type EndAnswer, type RunAnswer, type StartAnswer, type StateAnswer } from './protocol.ts';

export interface TransferRow {
  readonly event: string;
  readonly seconds: number;
  /** Entries that changed hands, and what that is a second. */
  readonly entries: number;
  readonly mbPerSecond: number;
  /** Of the members that served meanwhile. */
  readonly longestStallMs: number;
  /** Of the load that ran beside it; absent = idle. */
  readonly load?: RunAnswer | undefined;
}

export interface TransferResults {
  readonly entries: number;
  readonly rows: readonly TransferRow[];
  /** Resident memory of the member that held everything, per million entries. */
  readonly mbPerMillion: number;
  readonly fillSeconds: number;
}

const LOAD_PER_SECOND = 5_000;
const NODE_ARGUMENTS = ['--max-old-space-size=8192'];
const POLL_MS = 20;

/** One member that holds it all; others join it idle and under load, and leave. */
export async function measureTransfer(databaseUrl: string, entries: number): Promise<TransferResults> {
  await prepareStore(databaseUrl);
  const all: BenchMember[] = [];
  const open = async (name: string): Promise<BenchMember> => {
    const member = new BenchMember({ name, databaseUrl, cluster: 'bench-transfer' }, NODE_ARGUMENTS);
    all.push(member);
    await member.loaded;
    return member;
  };
  try {
    const first = await open('n1');
    await first.start(1);
    const before = await first.ask<StateAnswer>({ kind: 'state' });
    const filledAt = performance.now();
    await first.ask({ kind: 'fill', entries });
    const fillSeconds = (performance.now() - filledAt) / 1_000;
    const after = await first.ask<StateAnswer>({ kind: 'state' });
    const rows: TransferRow[] = [];
    const second = await open('n2');
    rows.push(await join('join, idle', [first], second, 2));
    rows.push(await leave('leave, every copy stands elsewhere', [first], second));
    const third = await open('n3');
    rows.push(await join(`join, ${LOAD_PER_SECOND} operations/s`, [first], third, 2, entries));
    const fourth = await open('n4');
    rows.push(await join('join of a third, idle', [first, third], fourth, 3));
    rows.push(await leave('leave of the third, its copies are handed over', [first, third], fourth));
    return { entries, rows, fillSeconds, mbPerMillion: ((after.residentMb - before.residentMb) * 1e6) / entries };
  } finally {
    await Promise.all(all.map((member) => member.kill()));
  }
}

async function join(
  event: string,
  serving: readonly BenchMember[],
  joiner: BenchMember,
  members: number,
  loadOn?: number,
): Promise<TransferRow> {
  const first = serving[0] as BenchMember;
  await Promise.all(serving.map((member) => member.ask({ kind: 'begin' })));
  const starting = joiner.start(members);
  let load: RunAnswer | undefined;
  if (loadOn !== undefined) load = await loadWhile(first, loadOn, starting);
  const { stableMs } = await starting;
  const ends = await Promise.all(serving.map((member) => member.ask<EndAnswer>({ kind: 'end' })));
  const { transferredRecords } = await joiner.ask<StateAnswer>({ kind: 'state' });
  return row(event, stableMs, transferredRecords, ends, load);
}

/** The load comes in slices, so that it ends soon after the transfer. */
async function loadWhile(first: BenchMember, entries: number, until: Promise<StartAnswer>): Promise<RunAnswer> {
  let ended = false;
  void until.then(() => (ended = true));
  let worst: RunAnswer | undefined;
  while (!ended) {
    const slice = await first.ask<RunAnswer>({ kind: 'steady', entries, perSecond: LOAD_PER_SECOND, seconds: 3 });
    worst =
      worst === undefined
        ? slice
        : {
            ...(slice.p99Us > worst.p99Us ? slice : worst),
            operations: worst.operations + slice.operations,
            failures: worst.failures + slice.failures,
            seconds: worst.seconds + slice.seconds,
            longestMs: Math.max(worst.longestMs ?? 0, slice.longestMs ?? 0),
          };
  }
  return worst as RunAnswer;
}

async function leave(event: string, staying: readonly BenchMember[], leaver: BenchMember): Promise<TransferRow> {
  const first = staying[0] as BenchMember;
  const before = await Promise.all(staying.map((member) => member.ask<StateAnswer>({ kind: 'state' })));
  await Promise.all(staying.map((member) => member.ask({ kind: 'begin' })));
  const beganAt = performance.now();
  await leaver.stop();
  while ((await first.ask<StateAnswer>({ kind: 'state' })).phase !== 'STABLE') await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  const tookMs = performance.now() - beganAt;
  const ends = await Promise.all(staying.map((member) => member.ask<EndAnswer>({ kind: 'end' })));
  const after = await Promise.all(staying.map((member) => member.ask<StateAnswer>({ kind: 'state' })));
  const moved = after.reduce((sum, state, index) => sum + state.transferredRecords - (before[index]?.transferredRecords ?? 0), 0);
  return row(event, tookMs, moved, ends, undefined);
}

function row(event: string, tookMs: number, entries: number, ends: readonly EndAnswer[], load: RunAnswer | undefined): TransferRow {
  const seconds = tookMs / 1_000;
  return {
    event,
    seconds,
    entries,
    mbPerSecond: (entries * BULK_VALUE_BYTES) / 1e6 / seconds,
    longestStallMs: Math.max(...ends.map(({ longestStallMs }) => longestStallMs)),
    load,
  };
}
