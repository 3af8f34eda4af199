import type { GridErrorCode } from '../errors.ts';
import type { MemberId } from '../protocol/types.ts';
import type { CacheState } from './cache-state.ts';
import { isRead } from './evaluate.ts';
import { Fifo } from './fifo.ts';
import { limits } from './limits.ts';
import type { OperationFields, OperationResult, Reply, Request, StatusCode } from './messages.ts';
import { noResult, status } from './messages.ts';
import type { DataNode } from './node.ts';

/** Told exactly once of the end of an operation; `failure` undefined = `result` counts. */
export interface Done {
  ended(failure: GridErrorCode | undefined, result: OperationResult): void;
}

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
  /** Whom the latest attempt was sent to; undefined = this member itself, or nobody yet. */
  target: MemberId | undefined;
  lastStatus: StatusCode | undefined;
}

/** This member's own operations under way: routing, retries with the same id, low-water marks, the 10 s budget (R5). */
export class Origin {
  readonly #node: DataNode;
  readonly #serve: (from: MemberId, request: Request, nowMs: number) => void;
  readonly #outstanding = new Map<number, Outstanding>();
  /** Counters of writes under way by segment, in their order, so the first one is the mark. They end nearly in order too. */
  readonly #bySegment: (Fifo<number> | undefined)[] = [];
  #counter = 0;
  /** Smallest counter under way when it was looked for last: it may lag, which keeps records a little longer. */
  #globalMark = 1;

  constructor(node: DataNode, serve: (from: MemberId, request: Request, nowMs: number) => void) {
    this.#node = node;
    this.#serve = serve;
    node.answerLocally = (counter, attempt, code, result) => this.#answered(counter, attempt, code, result, node.epoch);
  }

  get pending(): number {
    return this.#outstanding.size;
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
      done.ended('GRID_OVERLOADED', noResult);
      return 0;
    }
    if (!cache.local && !this.#node.environment.mayServe(nowMs)) {
      done.ended('GRID_FENCED', noResult);
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
      target: undefined,
      lastStatus: undefined,
    };
    this.#outstanding.set(counter, outstanding);
    if (!isRead(fields.operation)) this.#writesOf(segment).push(counter);
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

  /** A new connection to the member: whatever it was asked on the earlier one may be gone, question or answer. */
  resend(to: MemberId, nowMs: number): void {
    for (const outstanding of [...this.#outstanding.values()]) {
      if (outstanding.target === to && outstanding.retryAtMs === Number.POSITIVE_INFINITY) this.#send(outstanding, nowMs);
    }
  }

  tick(nowMs: number): void {
    this.#globalMark = this.#outstanding.keys().next().value ?? this.#counter + 1;
    for (const outstanding of [...this.#outstanding.values()]) {
      if (nowMs - outstanding.startedMs >= limits.operationMs) this.#end(outstanding, failureOf(outstanding), noResult);
      else if (nowMs - outstanding.startedMs >= outstanding.waitMs) this.#end(outstanding, 'GRID_ABORTED', noResult);
      else if (nowMs >= outstanding.retryAtMs) this.#send(outstanding, nowMs);
      else if (nowMs - outstanding.sentMs >= limits.attemptMs) {
        const peer = outstanding.target === undefined ? undefined : this.#node.traffic.of(outstanding.target);
        if (peer !== undefined) peer.timedOut += 1;
        this.#send(outstanding, nowMs);
      }
    }
  }

  /** This member was refused or revoked: its operation ids may not be retried by anyone. */
  revoke(failure: 'GRID_FENCED' | 'GRID_STOPPED'): void {
    for (const outstanding of [...this.#outstanding.values()]) {
      if (outstanding.cache.local && failure === 'GRID_FENCED') continue;
      this.#end(outstanding, outstanding.sent && !isRead(outstanding.fields.operation) ? 'GRID_OUTCOME_UNKNOWN' : failure, noResult);
    }
  }

  #writesOf(segment: number): Fifo<number> {
    let counters = this.#bySegment[segment];
    if (counters === undefined) {
      counters = new Fifo();
      this.#bySegment[segment] = counters;
    }
    return counters;
  }

  #send(outstanding: Outstanding, nowMs: number): void {
    const node = this.#node;
    const { cache, segment, fields } = outstanding;
    const target = cache.local ? node.self : node.primaryOf(segment);
    outstanding.sentMs = nowMs;
    if (target === undefined) {
      this.#retryLater(outstanding, nowMs);
      return;
    }
    outstanding.attempt += 1;
    if (outstanding.attempt > 1) node.figures.operationsResent += 1;
    outstanding.target = target === node.self ? undefined : target;
    outstanding.sent = true;
    outstanding.retryAtMs = Number.POSITIVE_INFINITY;
    const request: Request = {
      kind: 'request',
      epoch: cache.local ? 0 : node.epoch,
      cache: cache.id,
      shape: cache.shape,
      segment,
      operation: fields.operation,
      incarnation: node.incarnation,
      counter: outstanding.counter,
      attempt: outstanding.attempt,
      mark: this.#bySegment[segment]?.first ?? outstanding.counter,
      globalMark: this.#globalMark,
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

  #answered(counter: number, attempt: number, code: StatusCode, result: OperationResult, epoch: number): void {
    const outstanding = this.#outstanding.get(counter);
    // An answer to an earlier attempt may contradict what the latest one does.
    if (outstanding === undefined || attempt !== outstanding.attempt) return;
    if (outstanding.target !== undefined) this.#countAnswer(outstanding, outstanding.target);
    if (code === status.ok) this.#end(outstanding, undefined, result);
    else if (code === status.updateFailed) this.#end(outstanding, 'GRID_UPDATE_FAILED', result);
    else if (code === status.misconfigured) this.#end(outstanding, 'GRID_CACHE_MISMATCH', noResult);
    else {
      outstanding.lastStatus = code;
      // A refusal by a newer epoch: installing it sends again; the wait below is the safety net.
      if (epoch > this.#node.epoch) outstanding.retryAtMs = this.#node.nowMs + limits.maxRetryMs;
      else this.#retryLater(outstanding, this.#node.nowMs);
    }
  }

  #countAnswer({ cache, sentMs }: Outstanding, target: MemberId): void {
    const tookMs = Math.max(0, this.#node.nowMs - sentMs);
    this.#node.environment.answered?.(target, tookMs);
    const peer = this.#node.traffic.of(target);
    if (peer !== undefined) {
      peer.requests += 1;
      peer.requestTimeMs += tookMs;
    }
    cache.remote.count += 1;
    cache.remote.timeMs += tookMs;
  }

  #retryLater(outstanding: Outstanding, nowMs: number): void {
    outstanding.retryAtMs = nowMs + outstanding.backoffMs;
    outstanding.backoffMs = Math.min(outstanding.backoffMs * 2, limits.maxRetryMs);
  }

  #end(outstanding: Outstanding, failure: GridErrorCode | undefined, result: OperationResult): void {
    this.#outstanding.delete(outstanding.counter);
    const counters = this.#bySegment[outstanding.segment];
    if (counters !== undefined && counters.length > 0) {
      if (counters.first === outstanding.counter) counters.shift();
      else if (!isRead(outstanding.fields.operation)) counters.keep((counter) => counter !== outstanding.counter);
    }
    if (failure !== undefined && outstanding.target !== undefined) outstanding.cache.remote.failures += 1;
    outstanding.done.ended(failure, result);
  }
}

function failureOf(outstanding: Outstanding): GridErrorCode {
  if (outstanding.lastStatus === status.fenced) return 'GRID_FENCED';
  if (outstanding.lastStatus === status.overloaded) return 'GRID_OVERLOADED';
  return outstanding.lastStatus === status.moved ? 'GRID_MOVED' : 'GRID_TIMEOUT';
}
