// A process that makes the first owner table of its life, and then more of them.
import { nextTable, type TableMember } from '../../packages/grid/src/table/next-table.ts';

export type OwnerTable = ReturnType<typeof nextTable>;
export const labelKinds = ['none', 'own machines', 'three sites'] as const;
export type LabelKind = (typeof labelKinds)[number];

export interface TableQuestion {
  readonly labels: LabelKind;
  readonly members: number;
  readonly before: OwnerTable;
}

export interface TableAnswer {
  readonly coldJoinMs: number;
  readonly joinMs: number;
  readonly leaveMs: number;
}

const rounds = 100;
const sites = 3;

function membersOf(labels: LabelKind, count: number): TableMember[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    state: 'active',
    labels: {
      ...(labels !== 'none' && { machine: `m${index}` }),
      ...(labels === 'three sites' && { site: `s${index % sites}` }),
    },
  }));
}

/** The table of so many members, after the one before. */
export function table(before: OwnerTable | undefined, labels: LabelKind, count: number): OwnerTable {
  return nextTable(before, membersOf(labels, count));
}

/** Copies that travel for a cache of so many owners. */
export function moved(before: OwnerTable, after: OwnerTable, owners: number): number {
  return after.reduce((sum, list, segment) => {
    const former = before[segment]?.slice(0, owners) ?? [];
    return sum + list.slice(0, owners).filter((id) => !former.includes(id)).length;
  }, 0);
}

const nap = new Int32Array(new SharedArrayBuffer(4));

/** Of this thread. The kernel counts when a thread gives its processor up: the reading is that of the last moment before a nap. */
function cpuMs(): number {
  Atomics.wait(nap, 0, 0, 1);
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** CPU time, since the processor may be somebody else's in between. */
function cpuMsOf(work: () => void): number {
  const beforeMs = cpuMs();
  work();
  return cpuMs() - beforeMs;
}

function answer({ labels, members, before }: TableQuestion): TableAnswer {
  const joined = membersOf(labels, members);
  cpuMsOf(() => undefined);
  const coldJoinMs = cpuMsOf(() => nextTable(before, joined));
  const after = nextTable(before, joined);
  const left = joined.slice(1);
  const often = (work: () => void): number =>
    cpuMsOf(() => {
      for (let round = 0; round < rounds; round += 1) work();
    }) / rounds;
  return { coldJoinMs, joinMs: often(() => nextTable(before, joined)), leaveMs: often(() => nextTable(after, left)) };
}

if (process.argv[2] === 'answer') {
  process.on('message', (question: TableQuestion) => process.send?.(answer(question)));
  process.on('disconnect', () => process.exit());
}
