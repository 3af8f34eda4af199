import type { CounterIncrement } from '../verification/counters.ts';
import type { HistoryOperation } from '../verification/linearizability.ts';
import type { RegisterInput, RegisterOutput } from '../verification/register-model.ts';
import type { TakeAttempt } from '../verification/single-use.ts';
import type { VersionObservation } from '../verification/versions.ts';
import type { Owners } from './protocol.ts';

/** Infinity does not survive JSON: an end that is not known is null there. */
export const never = Number.POSITIVE_INFINITY;

export type RegisterOperation = HistoryOperation<RegisterInput, RegisterOutput>;

interface Base {
  readonly key: string;
  readonly owners: Owners;
}

/** A key under all operations. */
export interface RegisterRecord extends Base {
  readonly operations: RegisterOperation[];
  unknown: number;
}

/** A key that is only counted up and read. */
export interface CounterRecord extends Base {
  readonly increments: CounterIncrement[];
  readonly reads: VersionObservation[];
  final: number | undefined;
}

/** A key that is put once and taken by several. */
export interface TokenRecord extends Base {
  /** When the put was answered; undefined = it was not. */
  putAt: number | undefined;
  putCalledAt: number;
  readonly takes: TakeAttempt[];
}

/** A key that is put once, if absent, and stays. */
export interface ElementRecord extends Base {
  calledAt: number;
  acknowledgedAt: number | undefined;
  /** What stood there in the end; undefined = nobody could read it. */
  found: boolean | undefined;
}

/** All that the clients of one step did. */
export interface StepRecord {
  readonly registers: RegisterRecord[];
  readonly counters: CounterRecord[];
  readonly tokens: TokenRecord[];
  readonly elements: ElementRecord[];
}

export const emptyRecord = (): StepRecord => ({ registers: [], counters: [], tokens: [], elements: [] });
