import type { MemberId } from '../protocol/types.ts';
import type { CacheState, SegmentState } from './cache-state.ts';
import type { Entry } from './entry.ts';
import { noResult, type OperationResult, type Write } from './messages.ts';
import type { ResultRecord } from './results-table.ts';

/** Somebody who is answered once the write is committed. */
export interface Waiter {
  readonly member: MemberId;
  readonly counter: number;
  readonly attempt: number;
  readonly result: OperationResult;
  /** The operation's own record, so that a retry after the commit is answered from it; undefined for reads. */
  readonly record: ResultRecord | undefined;
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
  /** When its replication began in this epoch, own clock. */
  sinceMs: number;
  /** Write owners that have not acknowledged in this epoch. */
  remaining: number;
  waiters: Waiter[];
}

/** A write of the primary's own, with no operation id. */
export function internalWrite(type: 'tombstone' | 'touch', key: string, epoch: number, sequence: number): Write {
  return {
    type,
    key,
    value: null,
    epoch,
    sequence,
    expiresAt: Number.POSITIVE_INFINITY,
    maxIdleMs: 0,
    lastUsed: 0,
    origin: 0,
    incarnation: 0,
    counter: 0,
    mark: 0,
    result: noResult,
  };
}
