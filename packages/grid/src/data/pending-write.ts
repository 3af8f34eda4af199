import type { MemberId } from '../protocol/types.ts';
import type { CacheState, SegmentState } from './cache-state.ts';
import type { Entry } from './entry.ts';
import type { OperationResult, Write } from './messages.ts';
import type { ResultRecord } from './results-table.ts';

/** Somebody who is answered once the write is committed. */
export interface Waiter {
  readonly member: MemberId;
  readonly counter: number;
  readonly attempt: number;
  readonly result: OperationResult;
}

/** A write of which this member is the primary and that not every write owner has acknowledged. */
export interface PendingWrite {
  readonly cache: CacheState;
  readonly segment: SegmentState;
  readonly write: Write;
  /** The map entry that it made; undefined for touches and inherited writes. */
  readonly entry: Entry | undefined;
  /** Taken over from a former primary, who may have committed it: never undone. */
  readonly inherited: boolean;
  readonly record: ResultRecord | undefined;
  /** Write owners that have not acknowledged in this epoch. */
  remaining: number;
  waiters: Waiter[];
}
