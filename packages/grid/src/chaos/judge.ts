import { checkCounter } from '../verification/counters.ts';
import { checkLinearizability } from '../verification/linearizability.ts';
import { registerModel } from '../verification/register-model.ts';
import { checkSingleWinner } from '../verification/single-use.ts';
import { checkUniquePuts } from '../verification/unique-puts.ts';
import { checkMonotoneVersions } from '../verification/versions.ts';
import type { Owners } from './protocol.ts';
import { type CounterRecord, type ElementRecord, never, type RegisterRecord, type StepRecord, type TokenRecord } from './record.ts';

const maxSteps = 2_000_000;

/** The moment from which D2 promises nothing any more for caches of so many owners; Infinity = it held throughout. */
export type Cutoffs = Readonly<Record<Owners, number>>;

export interface Finding {
  readonly invariant: string;
  readonly key: string;
  readonly detail: string;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly keys: number;
  /** Keys whose history was too tangled for the search. */
  readonly undecided: number;
  /** Keys that were judged up to a moment only. */
  readonly cutShort: number;
}

/** Judges everything that the clients of a step saw. */
export function judge(record: StepRecord, cutoffs: Cutoffs): Judgement {
  const findings: Finding[] = [];
  let undecided = 0;
  let cutShort = 0;
  const all = [...record.registers, ...record.counters, ...record.tokens, ...record.elements];
  for (const { owners } of all) if (cutoffs[owners] !== never) cutShort += 1;
  for (const register of record.registers) {
    const detail = judgeRegister(register, cutoffs[register.owners]);
    if (detail === 'undecided') undecided += 1;
    else if (detail !== undefined) findings.push({ invariant: 'D1', key: register.key, detail });
  }
  for (const counter of record.counters) {
    const breaches = judgeCounter(counter, cutoffs[counter.owners]);
    findings.push(...breaches.map((detail) => ({ invariant: 'D3', key: counter.key, detail })));
  }
  for (const token of record.tokens) {
    const breaches = judgeToken(token, cutoffs[token.owners]);
    findings.push(...breaches.map((detail) => ({ invariant: 'D3', key: token.key, detail })));
  }
  for (const detail of judgeElements(record.elements, cutoffs)) findings.push({ invariant: 'D2', key: 'set', detail });
  return { findings, keys: all.length, undecided, cutShort };
}

function judgeRegister({ operations }: RegisterRecord, cutoff: number): string | undefined {
  const list = operations
    .filter(({ calledAt }) => calledAt < cutoff)
    .map((operation) => (operation.returnedAt < cutoff ? operation : { ...operation, output: undefined, returnedAt: never }))
    // A read that nobody saw says nothing.
    .filter(({ output, input }) => output !== undefined || input.type !== 'get');
  try {
    const verdict = checkLinearizability(registerModel, list, maxSteps);
    return verdict.linearizable ? undefined : `${verdict.longest} of ${list.length} operations fit an order`;
  } catch {
    return 'undecided';
  }
}

function judgeCounter({ increments, reads, final }: CounterRecord, cutoff: number): string[] {
  const known = increments
    .filter(({ calledAt }) => calledAt < cutoff)
    .map((increment) => (increment.returnedAt < cutoff ? increment : { ...increment, answer: undefined, returnedAt: never }));
  return [
    ...checkCounter(known, cutoff === never ? final : undefined),
    ...checkMonotoneVersions(reads.filter(({ returnedAt }) => returnedAt < cutoff)),
  ];
}

function judgeToken({ putAt, takes }: TokenRecord, cutoff: number): string[] {
  const known = takes
    .filter(({ calledAt }) => calledAt < cutoff)
    .map((take) => (take.returnedAt < cutoff ? take : { ...take, won: undefined }));
  return checkSingleWinner({ putAt: putAt !== undefined && putAt < cutoff ? putAt : undefined, takes: known });
}

function judgeElements(elements: readonly ElementRecord[], cutoffs: Cutoffs): string[] {
  const judged = elements.filter(({ owners, found }) => cutoffs[owners] === never && found !== undefined);
  return checkUniquePuts(
    judged.map(({ key, acknowledgedAt }) => ({ element: key, acknowledged: acknowledgedAt !== undefined })),
    new Set(judged.filter(({ found }) => found === true).map(({ key }) => key)),
  );
}
