import type { GridErrorCode } from '../errors.ts';
import type { MemberId } from '../protocol/types.ts';
import type { CacheState } from './cache-state.ts';
import { isRead } from './evaluate.ts';
import { limits } from './limits.ts';
import type { OperationFields, OperationResult, Reply, Request, StatusCode } from './messages.ts';
import { noResult, operation, status } from './messages.ts';
import type { DataNode } from './node.ts';

/** Called exactly once with the end of an operation; `failure` undefined = `result` counts. */
export type Done = (failure: GridErrorCode | undefined, result: OperationResult) => void;

interface Outstanding {
  readonly counter: number;
  readonly cache: CacheState;
  readonly segment: number;
  readonly fields: OperationFields;
  readonly done: Done;
  readonly startedMs: number;
  readonly waitMs: number;
  attempt: number;
  sentMs: number;
  /** Monotonic time of the next try; Infinity = an answer is awaited. */
  retryAtMs: number;
  backoffMs: number;
  sent: boolean;
  lastStatus: StatusCode | undefined;
}

/** This member's own operations under way: routing, retries with the same id, low-water marks, the 10 s budget (R5). */
export class Origin {
  readonly #node: DataNode;
  readonly #serve: (from: MemberId, request: Request, nowMs: number) => void;
  readonly #outstanding = new Map<number, Outstanding>();
  /** Counters of writes under way by segment; insertion order is counter order, so the first one is the mark. */
  readonly #bySegment: (Set<number> | undefined)[] = [];
  #counter = 0;

  constructor(node: DataNode, serve: (from: MemberId, request: Request, nowMs: number) => void) {
    this.#node = node;
    this.#serve = serve;
    node.answerLocally = (counter, attempt, code, result) => this.#answered(counter, attempt, code, result, node.epoch);
  }

  get pending(): number {
    return this.#outstanding.size;
  }

  /** Smallest counter that may still be retried. */
  get globalMark(): number {
    return this.#outstanding.keys().next().value ?? this.#counter + 1;
  }

  /** Returns the operation's counter, 0 if it ended at once. After `waitMs` the caller no longer waits. */
  submit(
    cache: CacheState,
    segment: number,
    fields: OperationFields,
    nowMs: number,
    done: Done,
    waitMs: number = limits.operationMs,
  ): number {
    if (this.#outstanding.size >= limits.maxOutstanding) {
      done('GRID_OVERLOADED', noResult);
      return 0;
    }
    if (!cache.local && !this.#node.environment.mayServe(nowMs)) {
      done('GRID_FENCED', noResult);
      return 0;
    }
    this.#counter += 1;
    const counter = this.#counter;
    const outstanding: Outstanding = {
      counter,
      cache,
      segment,
      fields,
      done,
      startedMs: nowMs,
      waitMs,
      attempt: 0,
      sentMs: nowMs,
      retryAtMs: Number.POSITIVE_INFINITY,
      backoffMs: limits.retryMs,
      sent: false,
      lastStatus: undefined,
    };
    this.#outstanding.set(counter, outstanding);
    if (!isRead(fields.operation)) this.#segmentSet(segment).add(counter);
    this.#send(outstanding, nowMs);
    return this.#outstanding.has(counter) ? counter : 0;
  }

  /** The caller no longer waits. The operation may still take effect. */
  abandon(counter: number): void {
    const outstanding = this.#outstanding.get(counter);
    if (outstanding !== undefined) this.#end(outstanding, 'GRID_ABORTED', noResult);
  }

  replied(reply: Reply): void {
    this.#answered(reply.counter, reply.attempt, reply.status, reply.result, reply.epoch);
  }

  /** Every operation under way is routed anew: its old request may be refused, and the same id makes the repetition safe. */
  install(nowMs: number): void {
    for (const outstanding of [...this.#outstanding.values()]) {
      if (!outstanding.cache.local && this.#outstanding.has(outstanding.counter)) this.#send(outstanding, nowMs);
    }
  }

  tick(nowMs: number): void {
    for (const outstanding of [...this.#outstanding.values()]) {
      if (nowMs - outstanding.startedMs >= limits.operationMs) this.#end(outstanding, failureOf(outstanding), noResult);
      else if (nowMs - outstanding.startedMs >= outstanding.waitMs) this.#end(outstanding, 'GRID_ABORTED', noResult);
      else if (nowMs >= outstanding.retryAtMs || nowMs - outstanding.sentMs >= limits.attemptMs) this.#send(outstanding, nowMs);
    }
  }

  /** This member was refused or revoked: its operation ids may not be retried by anyone. */
  revoke(failure: 'GRID_FENCED' | 'GRID_STOPPED'): void {
    for (const outstanding of [...this.#outstanding.values()]) {
      if (outstanding.cache.local && failure === 'GRID_FENCED') continue;
      this.#end(outstanding, outstanding.sent && !isRead(outstanding.fields.operation) ? 'GRID_OUTCOME_UNKNOWN' : failure, noResult);
    }
  }

  #segmentSet(segment: number): Set<number> {
    let set = this.#bySegment[segment];
    if (set === undefined) {
      set = new Set();
      this.#bySegment[segment] = set;
    }
    return set;
  }

  #send(outstanding: Outstanding, nowMs: number): void {
    const node = this.#node;
    const { cache, segment, fields } = outstanding;
    const target = cache.local ? node.self : this.#target(outstanding);
    outstanding.sentMs = nowMs;
    if (target === undefined) {
      this.#retryLater(outstanding, nowMs);
      return;
    }
    outstanding.attempt += 1;
    outstanding.sent = true;
    outstanding.retryAtMs = Number.POSITIVE_INFINITY;
    // The planted fault gives each attempt a counter of its own and maps the answer back.
    const counter = node.faults.has('retry-without-operation-id')
      ? outstanding.counter + (outstanding.attempt - 1) / 64
      : outstanding.counter;
    const request: Request = {
      kind: 'request',
      epoch: cache.local ? 0 : node.epoch,
      cache: cache.id,
      shape: cache.shape,
      segment,
      operation: fields.operation,
      incarnation: node.incarnation,
      counter,
      attempt: outstanding.attempt,
      mark: this.#bySegment[segment]?.values().next().value ?? outstanding.counter,
      globalMark: this.globalMark,
      key: fields.key,
      value: fields.value,
      lifespanMs: fields.lifespanMs,
      maxIdleMs: fields.maxIdleMs,
      ifEpoch: fields.ifEpoch,
      ifSequence: fields.ifSequence,
      update: fields.update,
    };
    if (target === node.self) this.#serve(node.self, request, nowMs);
    else node.environment.send(target, 'control', request);
  }

  #target(outstanding: Outstanding): MemberId | undefined {
    const { cache, segment, fields } = outstanding;
    if (fields.operation === operation.get && this.#node.faults.has('read-from-any-owner'))
      return this.#node.lastReader(cache.shape, segment);
    return this.#node.primaryOf(segment);
  }

  #answered(counter: number, attempt: number, code: StatusCode, result: OperationResult, epoch: number): void {
    const outstanding = this.#outstanding.get(Math.floor(counter));
    // An answer to an earlier attempt may contradict what the latest one does.
    if (outstanding === undefined || attempt !== outstanding.attempt) return;
    if (code === status.ok) this.#end(outstanding, undefined, result);
    else if (code === status.updateFailed) this.#end(outstanding, 'GRID_UPDATE_FAILED', result);
    else {
      outstanding.lastStatus = code;
      // A refusal by a newer epoch: installing it sends again; the wait below is the safety net.
      if (epoch > this.#node.epoch) outstanding.retryAtMs = this.#node.nowMs + limits.maxRetryMs;
      else this.#retryLater(outstanding, this.#node.nowMs);
    }
  }

  #retryLater(outstanding: Outstanding, nowMs: number): void {
    outstanding.retryAtMs = nowMs + outstanding.backoffMs;
    outstanding.backoffMs = Math.min(outstanding.backoffMs * 2, limits.maxRetryMs);
  }

  #end(outstanding: Outstanding, failure: GridErrorCode | undefined, result: OperationResult): void {
    this.#outstanding.delete(outstanding.counter);
    this.#bySegment[outstanding.segment]?.delete(outstanding.counter);
    outstanding.done(failure, result);
  }
}

function failureOf(outstanding: Outstanding): GridErrorCode {
  if (outstanding.lastStatus === status.fenced) return 'GRID_FENCED';
  if (outstanding.lastStatus === status.overloaded) return 'GRID_OVERLOADED';
  return outstanding.lastStatus === status.moved ? 'GRID_MOVED' : 'GRID_TIMEOUT';
}
