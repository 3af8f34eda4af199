import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type LabelKind, labelKinds, moved, type OwnerTable, type TableAnswer, type TableQuestion, table } from './table-process.ts';

/** What the next owner table costs the member that proposes it, on its event loop. */
export interface TableRow {
  readonly labels: LabelKind;
  /** After the join. */
  readonly members: number;
  /** The first table of a process: no compiler has warmed up, as in a cluster that has run for weeks. Median of several processes. */
  readonly coldJoinMs: number;
  readonly joinMs: number;
  readonly leaveMs: number;
  readonly movedCopies: number;
  readonly share: number;
}

const counts = [3, 5, 8, 9, 12, 16, 20];
const processes = 5;
const owners = 2;

/** Computes tables in processes of their own; no member is started. */
export async function measureTables(): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for (const labels of labelKinds)
    for (const members of counts) {
      let before: OwnerTable | undefined;
      for (let count = 1; count < members; count += 1) before = table(before, labels, count);
      const answers: TableAnswer[] = [];
      for (let each = 0; each < processes; each += 1) answers.push(await ask({ labels, members, before: before ?? [] }));
      rows.push({
        labels,
        members,
        coldJoinMs: median(answers.map((answer) => answer.coldJoinMs)),
        joinMs: median(answers.map((answer) => answer.joinMs)),
        leaveMs: median(answers.map((answer) => answer.leaveMs)),
        movedCopies: moved(before ?? [], table(before, labels, members), owners),
        share: Math.ceil(((before?.length ?? 0) * owners) / members),
      });
    }
  return rows;
}

function ask(question: TableQuestion): Promise<TableAnswer> {
  const child = fork(fileURLToPath(new URL('./table-process.ts', import.meta.url)), ['answer']);
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('a process that makes tables ended early')));
    child.once('message', (answer: TableAnswer) => {
      child.removeAllListeners('exit').kill();
      resolve(answer);
    });
    child.send(question);
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
