import { setTimeout as delay } from 'node:timers/promises';
import { type BenchMember, startMembers } from './member-process.ts';
import type { RunAnswer, StateAnswer } from './protocol.ts';

/** What callers on the others see when a member goes, on keys of which it is the primary. */
export interface LossRow {
  readonly event: string;
  /** Longest wait of one operation: from the loss to the first success. One figure a repetition. */
  readonly longestMs: readonly number[];
  readonly failures: number;
  /** Members other than the victim that lost their place. */
  readonly evicted: number;
}

const SECONDS = 9;
const BEFORE_MS = 1_000;

interface Loss {
  readonly event: string;
  readonly fastDeath: boolean;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  readonly repetitions: number;
}

const losses: readonly Loss[] = [
  { event: 'kill -9, process seen to be gone', fastDeath: true, signal: 'SIGKILL', repetitions: 3 },
  { event: 'kill -9, until the lease has ended', fastDeath: false, signal: 'SIGKILL', repetitions: 2 },
  { event: 'freeze (SIGSTOP)', fastDeath: true, signal: 'SIGSTOP', repetitions: 2 },
];

export async function measureLosses(databaseUrl: string): Promise<readonly LossRow[]> {
  const rows: LossRow[] = [];
  for (const { event, fastDeath, signal, repetitions } of losses) {
    const longestMs: number[] = [];
    let [failures, evicted] = [0, 0];
    for (let repetition = 1; repetition <= repetitions; repetition += 1) {
      const cluster = `bench-${signal}-${fastDeath}-${repetition}`;
      const { members } = await startMembers(databaseUrl, 3, { cluster, fastDeath });
      const [caller, witness, victim] = members as readonly [BenchMember, BenchMember, BenchMember];
      try {
        const watching = caller.ask<RunAnswer>({ kind: 'watch', primary: victim.name, seconds: SECONDS });
        await delay(BEFORE_MS);
        victim.signal(signal);
        const answer = await watching;
        longestMs.push(answer.longestMs ?? Number.NaN);
        failures += answer.failures;
        const state = await witness.ask<StateAnswer>({ kind: 'state' });
        evicted += [caller, witness].filter(({ name }) => !state.members.includes(name)).length;
      } finally {
        await Promise.all(members.map((member) => member.kill()));
      }
    }
    rows.push({ event, longestMs, failures, evicted });
  }
  return rows;
}
