import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ColdStartAnswer, ColdStartCommand } from './cold-start-process.ts';
import { prepareStore } from './member-process.ts';

export interface ColdStartResults {
  readonly rounds: number;
  readonly members: number;
  /** Rounds in which all ended in one view, and nobody had ever been told of another lineage. */
  readonly oneLineage: number;
  readonly apartMs: { readonly median: number; readonly longest: number };
  readonly stableMs: { readonly median: number; readonly longest: number };
}

/** Members that start at the same moment on an empty cluster, over and over. */
export async function measureColdStarts(databaseUrl: string, rounds: number, members: number): Promise<ColdStartResults> {
  await prepareStore(databaseUrl);
  const program = fileURLToPath(new URL('./cold-start-process.ts', import.meta.url));
  const children = Array.from({ length: members }, (_, index) => fork(program, [`n${index + 1}`, databaseUrl]));
  const apart: number[] = [];
  const stable: number[] = [];
  let oneLineage = 0;
  try {
    await Promise.all(children.map((child) => next(child)));
    for (let round = 1; round <= rounds; round += 1) {
      const answers = await ask<ColdStartAnswer>(children, { kind: 'start', cluster: `bench-cold-${round}`, members });
      const began = answers.map(({ beganAt }) => beganAt);
      apart.push(Math.max(...began) - Math.min(...began));
      stable.push(Math.max(...answers.map(({ stableMs }) => stableMs)));
      if (isOneLineage(answers, members)) oneLineage += 1;
      await ask(children, { kind: 'stop' });
    }
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
  return { rounds, members, oneLineage, apartMs: spread(apart), stableMs: spread(stable) };
}

/** Every epoch that two of them saw is the same for both, and all ended in the same one with everybody in it. */
function isOneLineage(answers: readonly ColdStartAnswer[], members: number): boolean {
  const bodies = new Map<number, string>();
  for (const { views } of answers) {
    for (const [epoch, ids] of views) {
      if ((bodies.get(epoch) ?? ids) !== ids) return false;
      bodies.set(epoch, ids);
    }
  }
  const [first, ...others] = answers;
  const last = first?.views.at(-1)?.[1] ?? '';
  const same = others.every(({ coordinator, views }) => coordinator === first?.coordinator && views.at(-1)?.[1] === last);
  return same && last.split(' ').length === members;
}

function ask<T>(children: readonly ChildProcess[], command: ColdStartCommand): Promise<T[]> {
  const answers = children.map((child) => next<T>(child));
  for (const child of children) child.send(command);
  return Promise.all(answers);
}

function next<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('a process of the cold starts ended early'));
    child.once('exit', gone);
    child.once('message', ({ answer, error }: { answer?: T; error?: string }) => {
      child.off('exit', gone);
      if (error === undefined) resolve(answer as T);
      else reject(new Error(error));
    });
  });
}

function spread(values: readonly number[]): { median: number; longest: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, longest: sorted.at(-1) ?? Number.NaN };
}
