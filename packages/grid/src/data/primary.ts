import type { MemberId } from '../protocol/types.ts';
import type { CacheState, SegmentState } from './cache-state.ts';
import { committedOf, type Entry, isLive } from './entry.ts';
import { isRead, keyOperations } from './evaluate.ts';
import { limits } from './limits.ts';
import type { OperationResult, Request, StatusCode, Write } from './messages.ts';
import { noResult, operation, status } from './messages.ts';
import type { DataNode } from './node.ts';
import type { Decision } from './operations/decision.ts';
import type { PendingWrite } from './pending-write.ts';
import type { Replicator } from './replicate.ts';
import type { ResultRecord } from './results-table.ts';
import { count, scan } from './scan.ts';
import { entryOf, place } from './store.ts';

/** Runs operations on segments that this member serves. The caller has checked epoch, primary and serving state. */
export class Primary {
  readonly #node: DataNode;
  readonly #replicator: Replicator;

  constructor(node: DataNode, replicator: Replicator) {
    this.#node = node;
    this.#replicator = replicator;
  }

  handle(from: MemberId, request: Request, nowMs: number): void {
    const node = this.#node;
    const cache = node.cache(request.cache, request.shape);
    const segment = cache.segment(request.segment);
    const gridNowMs = node.environment.gridTimeMs(nowMs);
    if (isRead(request.operation)) {
      this.#answer(from, request, cache, status.ok, this.#read(cache, segment, request, gridNowMs, nowMs), nowMs);
      return;
    }
    const known = segment.results.find(from, request.incarnation, request.counter);
    if (known === 'stale') return;
    segment.results.raise(from, request.incarnation, request.mark);
    if (known !== undefined) {
      node.figures.retriesAnswered += 1;
      if (known.pending !== null) wait(known.pending, from, request, known.result);
      else this.#answer(from, request, cache, status.ok, known.result, nowMs);
      return;
    }
    if (node.figures.pendingWrites >= limits.maxPendingWrites) {
      node.answer(from, request.counter, request.attempt, status.overloaded, noResult);
      return;
    }
    this.#evaluate(from, request, cache, segment, gridNowMs, nowMs);
  }

  #evaluate(from: MemberId, request: Request, cache: CacheState, segment: SegmentState, gridNowMs: number, nowMs: number): void {
    const head = segment.entries.get(request.key);
    const operate = keyOperations[request.operation];
    if (operate === undefined) return;
    const decision = operate(isLive(head, gridNowMs) ? head : undefined, request, { gridNowMs, updates: cache.updates });
    if (decision.action === 'none' || decision.action === 'touch') {
      if (decision.action === 'touch' && head !== undefined) this.touch(cache, segment, request.key, head, gridNowMs, nowMs);
      this.#answerWithoutEffect(from, request, cache, segment, head, decision, nowMs);
      return;
    }
    const write = this.#writeOf(from, request, segment, decision, gridNowMs);
    const entry = entryOf(write);
    entry.pending = true;
    entry.before = head;
    const record: ResultRecord = { counter: request.counter, result: write.result, pending: null, replicated: true };
    const pending: PendingWrite = { cache, segment, write, entry, inherited: false, record, remaining: 0, waiters: [] };
    record.pending = pending;
    wait(pending, from, request, write.result);
    place(cache, segment, request.key, entry);
    segment.results.store(from, request.incarnation, record);
    this.enqueue(pending, nowMs);
  }

  /** Orders the write behind the segment's others and starts its replication. */
  enqueue(pending: PendingWrite, nowMs: number): void {
    const { segment, write } = pending;
    segment.noteApplied(write.epoch, write.sequence);
    segment.pending.push(pending);
    this.#node.figures.pendingWrites += 1;
    this.#replicator.begin(pending, nowMs);
  }

  /**
   * Nothing was written, but the answer speaks of the newest state of the key: if that is not committed yet, the answer waits until it is.
   * The record is kept here only; it holds as long as this member is primary.
   */
  #answerWithoutEffect(
    from: MemberId,
    request: Request,
    cache: CacheState,
    segment: SegmentState,
    head: Entry | undefined,
    decision: Decision,
    nowMs: number,
  ): void {
    const observed =
      head?.pending && !this.#node.faults.has('conditional-answers-from-pending')
        ? segment.pending.findLast((pending) => pending.entry === head)
        : undefined;
    if (decision.status === status.ok) {
      segment.results.store(from, request.incarnation, {
        counter: request.counter,
        result: decision.result,
        pending: observed ?? null,
        replicated: false,
      });
    }
    if (observed === undefined || decision.status !== status.ok)
      this.#answer(from, request, cache, decision.status, decision.result, nowMs);
    else wait(observed, from, request, decision.result);
  }

  #read(cache: CacheState, segment: SegmentState, request: Request, gridNowMs: number, nowMs: number): OperationResult {
    if (request.operation === operation.scan) return scan(segment, request, gridNowMs);
    if (request.operation === operation.count) return count(segment, gridNowMs);
    const entry = committedOf(segment.entries.get(request.key));
    if (!isLive(entry, gridNowMs)) return noResult;
    cache.eviction?.visit(entry);
    if (entry.maxIdleMs !== 0) this.touch(cache, segment, request.key, entry, gridNowMs, nowMs);
    return { found: true, value: entry.value, epoch: entry.epoch, sequence: entry.sequence };
  }

  /** A use: exact here, told to the backups at most once in a tenth of the idle time, and then ahead by that tenth. */
  touch(cache: CacheState, segment: SegmentState, key: string, entry: Entry, gridNowMs: number, nowMs: number): void {
    if (entry.maxIdleMs === 0) return;
    if (gridNowMs > entry.lastUsed) entry.lastUsed = gridNowMs;
    const interval = Math.max(1_000, entry.maxIdleMs / 10);
    if (entry.pending || gridNowMs - entry.usedTold < interval || !this.#node.isPrimary(cache, segment.index)) return;
    if (this.#node.backups(cache.shape, segment.index).length === 0) return;
    entry.usedTold = gridNowMs;
    segment.sequence += 1;
    const write: Write = { ...internalWrite('touch', key, this.#node.epoch, segment.sequence), lastUsed: gridNowMs + interval };
    this.enqueue({ cache, segment, write, entry: undefined, inherited: false, record: undefined, remaining: 0, waiters: [] }, nowMs);
  }

  /** Removes an expired entry by a replicated, versioned write; only the primary expires. */
  expire(cache: CacheState, segment: SegmentState, key: string, entry: Entry, nowMs: number): void {
    segment.sequence += 1;
    const write = internalWrite('tombstone', key, cache.local ? 0 : this.#node.epoch, segment.sequence);
    const tombstone = entryOf(write);
    tombstone.pending = true;
    tombstone.before = entry;
    place(cache, segment, key, tombstone);
    this.enqueue({ cache, segment, write, entry: tombstone, inherited: false, record: undefined, remaining: 0, waiters: [] }, nowMs);
  }

  #writeOf(from: MemberId, request: Request, segment: SegmentState, decision: Decision, gridNowMs: number): Write {
    segment.sequence += 1;
    return {
      type: decision.action === 'remove' ? 'tombstone' : 'value',
      key: request.key,
      value: decision.value,
      epoch: request.epoch,
      sequence: segment.sequence,
      expiresAt: decision.lifespanMs < 0 ? Number.POSITIVE_INFINITY : gridNowMs + decision.lifespanMs,
      maxIdleMs: Math.max(decision.maxIdleMs, 0),
      lastUsed: gridNowMs,
      origin: from,
      incarnation: request.incarnation,
      counter: request.counter,
      mark: request.mark,
      result: decision.result,
    };
  }

  /** The serve rule: the lease is checked after the work, in the same stretch, before the answer leaves. */
  #answer(from: MemberId, request: Request, cache: CacheState, code: StatusCode, result: OperationResult, nowMs: number): void {
    const serves = cache.local || this.#node.environment.mayServe(nowMs);
    this.#node.answer(from, request.counter, request.attempt, serves ? code : status.fenced, serves ? result : noResult);
  }
}

function wait(pending: PendingWrite, from: MemberId, request: Request, result: OperationResult): void {
  const waiters = pending.waiters;
  for (let index = 0; index < waiters.length; index++) {
    const waiter = waiters[index];
    if (waiter !== undefined && waiter.member === from && waiter.counter === request.counter) {
      waiters[index] = { member: from, counter: request.counter, attempt: request.attempt, result };
      return;
    }
  }
  waiters.push({ member: from, counter: request.counter, attempt: request.attempt, result });
}

/** A write of the primary's own, with no operation id. */
function internalWrite(type: 'tombstone' | 'touch', key: string, epoch: number, sequence: number): Write {
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
