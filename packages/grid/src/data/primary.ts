import type { MemberId } from '../protocol/types.ts';
import type { CacheState, SegmentState } from './cache-state.ts';
import { committedOf, Entry, isLive } from './entry.ts';
import { isRead, keyOperations } from './evaluate.ts';
import { assumedUse, Uses } from './idle.ts';
import { limits } from './limits.ts';
import type { OperationResult, Request, StatusCode, Write } from './messages.ts';
import { noResult, operation, status } from './messages.ts';
import type { DataNode } from './node.ts';
import { type Decision, withValue } from './operations/decision.ts';
import { internalWrite, type PendingWrite } from './pending-write.ts';
import type { Replicator } from './replicate.ts';
import type { ResultRecord } from './results-table.ts';
import { count, scan } from './scan.ts';
import { ScanOrders } from './scan-orders.ts';
import { place } from './store.ts';

/** Runs operations on segments that this member serves. The caller has checked epoch, primary and serving state. */
export class Primary {
  readonly #node: DataNode;
  readonly #replicator: Replicator;
  readonly #uses: Uses;
  readonly #orders: ScanOrders;

  constructor(node: DataNode, replicator: Replicator) {
    this.#node = node;
    this.#replicator = replicator;
    this.#orders = new ScanOrders(node);
    this.#uses = new Uses(node, (pending, nowMs) => this.enqueue(pending, nowMs));
  }

  handle(from: MemberId, request: Request, cache: CacheState, nowMs: number): void {
    const node = this.#node;
    const segment = cache.segment(request.segment);
    const gridNowMs = node.environment.gridTimeMs(nowMs);
    if (isRead(request.operation)) {
      this.#read(from, request, cache, segment, gridNowMs, nowMs);
      return;
    }
    const known = segment.results.find(from, request.incarnation, request.counter);
    if (known === 'stale') return;
    segment.results.raise(from, request.incarnation, request.mark);
    if (known !== undefined) {
      node.figures.retriesAnswered += 1;
      if (known.pending !== null) wait(known.pending, from, request, known.result, known);
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
    if (decision.action === 'none') {
      // Whatever looks at an entry uses it.
      const use = isLive(head, gridNowMs) ? this.#uses.note(cache, segment, request.key, head, gridNowMs, nowMs) : undefined;
      this.#answerWithoutEffect(from, request, cache, segment, head, use, decision, nowMs);
      return;
    }
    const write = this.#writeOf(from, request, segment, decision, gridNowMs);
    const entry = new Entry(write, cache.values);
    entry.pending = true;
    entry.before = head;
    entry.lastUsed = gridNowMs;
    if (entry.maxIdleMs !== 0) segment.usedHere = true;
    const record: ResultRecord = { counter: request.counter, result: write.result, pending: null, replicated: true };
    const waiters = [{ member: from, counter: request.counter, attempt: request.attempt, result: write.result, record }];
    const pending: PendingWrite = { cache, segment, write, entry, inherited: false, record, sinceMs: 0, remaining: 0, waiters };
    record.pending = pending;
    place(cache, segment, request.key, entry, head);
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
    use: PendingWrite | undefined,
    decision: Decision,
    nowMs: number,
  ): void {
    const observed = use ?? (head?.pending ? pendingOf(segment, head) : undefined);
    if (decision.status !== status.ok) {
      this.#answer(from, request, cache, decision.status, decision.result, nowMs);
      return;
    }
    const record: ResultRecord = { counter: request.counter, result: decision.result, pending: observed ?? null, replicated: false };
    segment.results.store(from, request.incarnation, record);
    if (observed === undefined) this.#answer(from, request, cache, status.ok, decision.result, nowMs);
    else wait(observed, from, request, decision.result, record);
  }

  #read(from: MemberId, request: Request, cache: CacheState, segment: SegmentState, gridNowMs: number, nowMs: number): void {
    let result = noResult;
    let use: PendingWrite | undefined;
    if (request.operation === operation.scan) result = scan(segment, this.#orders, request, gridNowMs);
    else if (request.operation === operation.count) result = count(segment, gridNowMs);
    else {
      const entry = committedOf(segment.entries.get(request.key));
      if (isLive(entry, gridNowMs)) {
        cache.eviction?.visit(entry);
        if (entry.maxIdleMs !== 0) use = this.#uses.note(cache, segment, request.key, entry, gridNowMs, nowMs);
        result = withValue(entry);
      }
    }
    if (use === undefined) this.#answer(from, request, cache, status.ok, result, nowMs);
    else wait(use, from, request, result);
  }

  /** Removes an expired entry by a replicated, versioned write; only the primary expires. */
  expire(cache: CacheState, segment: SegmentState, key: string, entry: Entry, nowMs: number): void {
    segment.sequence += 1;
    const write = internalWrite('tombstone', key, cache.local ? 0 : this.#node.epoch, segment.sequence);
    const tombstone = new Entry(write, cache.values);
    tombstone.pending = true;
    tombstone.before = entry;
    place(cache, segment, key, tombstone);
    this.enqueue(
      { cache, segment, write, entry: tombstone, inherited: false, record: undefined, sinceMs: 0, remaining: 0, waiters: [] },
      nowMs,
    );
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
      lastUsed: assumedUse(gridNowMs, decision.maxIdleMs),
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

/** The write that made this entry and is not committed. */
function pendingOf({ pending }: SegmentState, head: Entry): PendingWrite | undefined {
  for (let index = pending.length - 1; index >= 0; index -= 1) if (pending.at(index)?.entry === head) return pending.at(index);
  return undefined;
}

function wait(pending: PendingWrite, from: MemberId, request: Request, result: OperationResult, record?: ResultRecord): void {
  const waiters = pending.waiters;
  for (let index = 0; index < waiters.length; index++) {
    const waiter = waiters[index];
    if (waiter !== undefined && waiter.member === from && waiter.counter === request.counter) {
      waiters[index] = { member: from, counter: request.counter, attempt: request.attempt, result, record };
      return;
    }
  }
  waiters.push({ member: from, counter: request.counter, attempt: request.attempt, result, record });
}
