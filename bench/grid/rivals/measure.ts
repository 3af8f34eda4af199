import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RunAnswer } from '../protocol.ts';
import { openInfinispan } from './infinispan.ts';
import type { RivalCommand } from './process.ts';
import { type RivalOperation, rivalOperations } from './rival.ts';

export interface RivalRow extends RunAnswer {
  readonly rival: string;
  readonly operation: RivalOperation;
  readonly callers: number;
  readonly perSecond: number;
  readonly cpuUsPerOperation: number;
}

export interface RivalResults {
  readonly rows: readonly RivalRow[];
  /** What each is, and which are not here. */
  readonly notes: readonly string[];
}

type Timed = RunAnswer & { readonly cpuMs: number };
type Run = (operation: RivalOperation, callers: number, seconds: number) => Promise<Timed>;

interface Opened {
  readonly name: string;
  readonly setting: string;
  readonly run: Run;
  stop(): Promise<void>;
}

/** Callers in a forked process; its CPU counts. */
async function forked(kind: 'redis' | 'postgres', databaseUrl: string): Promise<Opened | string> {
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), [kind, databaseUrl]);
  const next = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error(`the driver of ${kind} ended early`));
      child.once('exit', gone);
      child.once('message', ({ answer, error }: { answer?: T; error?: string }) => {
        child.off('exit', gone);
        if (error === undefined) resolve(answer as T);
        else reject(new Error(error));
      });
    });
  const ask = <T>(command: RivalCommand): Promise<T> => {
    const answer = next<T>();
    child.send(command);
    return answer;
  };
  const ready = await next<{ missing?: string; name: string; setting: string }>();
  if (ready.missing !== undefined) {
    child.kill();
    return ready.missing;
  }
  return {
    ...ready,
    run: (operation, callers, seconds) => ask<Timed>({ kind: 'run', operation, callers, seconds }),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      await ask({ kind: 'stop' }).catch(() => child.kill());
      await gone;
    },
  };
}

async function jvms(): Promise<Opened | string> {
  const rival = await openInfinispan('');
  if (typeof rival === 'string') return rival;
  return {
    name: rival.name,
    setting: rival.setting,
    async run(operation, callers, seconds) {
      const before = await rival.cpuMs();
      const answer = await rival.run(operation, callers, seconds);
      return { ...answer, cpuMs: (await rival.cpuMs()) - before };
    },
    stop: () => rival.stop(),
  };
}

/** What is installed here, one after the other, on the same work as the grid's rows. */
export async function measureRivals(databaseUrl: string, callers: readonly number[], seconds: number): Promise<RivalResults> {
  const rows: RivalRow[] = [];
  const notes: string[] = [];
  for (const open of [jvms, () => forked('redis', databaseUrl), () => forked('postgres', databaseUrl)]) {
    const rival = await open();
    if (typeof rival === 'string') {
      notes.push(`${rival}.`);
      continue;
    }
    notes.push(`${rival.setting}.`);
    try {
      for (const operation of rivalOperations) {
        for (const count of callers) {
          await rival.run(operation, count, seconds);
          const { cpuMs, ...answer } = await rival.run(operation, count, seconds);
          rows.push({
            ...answer,
            rival: rival.name,
            operation,
            callers: count,
            perSecond: answer.operations / answer.seconds,
            cpuUsPerOperation: (cpuMs * 1_000) / Math.max(1, answer.operations),
          });
        }
      }
    } finally {
      await rival.stop();
    }
  }
  return { rows, notes };
}
