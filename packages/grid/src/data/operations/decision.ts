import type { EncodedUpdate } from '../cache-state.ts';
import type { Entry } from '../entry.ts';
import type { OperationFields, OperationResult, StatusCode } from '../messages.ts';
import { noResult, status } from '../messages.ts';

/** The newest state of the key as the primary orders it (pending writes included); undefined = absent or expired. */
export type Current = (Entry & { value: Uint8Array }) | undefined;

/** What an operation decides. Plain and synchronous: same current state, same fields, same decision. */
export interface Decision {
  readonly action: 'none' | 'put' | 'remove';
  /** For 'put'. */
  readonly value: Uint8Array | null;
  readonly lifespanMs: number;
  readonly maxIdleMs: number;
  readonly status: StatusCode;
  readonly result: OperationResult;
}

export interface OperationContext {
  readonly gridNowMs: number;
  readonly updates: ReadonlyMap<string, EncodedUpdate> | undefined;
}

/** One file an operation. */
export type Operation = (current: Current, fields: OperationFields, context: OperationContext) => Decision;

export function nothing(result: OperationResult, code: StatusCode = status.ok): Decision {
  return { action: 'none', value: null, lifespanMs: -1, maxIdleMs: -1, status: code, result };
}

export function store(fields: OperationFields, result: OperationResult): Decision {
  return { action: 'put', value: fields.value, lifespanMs: fields.lifespanMs, maxIdleMs: fields.maxIdleMs, status: status.ok, result };
}

export function erase(result: OperationResult): Decision {
  return { action: 'remove', value: null, lifespanMs: -1, maxIdleMs: -1, status: status.ok, result };
}

/** "Yes, there was one" without its value. */
export const yes: OperationResult = Object.freeze({ ...noResult, found: true });

export function withValue(current: Entry): OperationResult {
  return { found: true, value: current.value, epoch: current.epoch, sequence: current.sequence };
}
