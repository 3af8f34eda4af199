import type { CallOptions, GridHooks } from '../api.ts';
import { GridError, type GridErrorCode, gridErrors } from '../errors.ts';
import type { CacheState } from './cache-state.ts';
import type { DataCore } from './core.ts';
import { type Followed, follow } from './hooks.ts';
import type { OperationFields, OperationResult } from './messages.ts';
import type { Done } from './origin.ts';

const textDecoder = new TextDecoder();

/** What the promise edge needs beside the core. */
export interface CallSite {
  readonly core: DataCore;
  /** Own monotonic clock. */
  nowMs(): number;
  memberName(id: number): string | undefined;
  /** Code of the embedding program that runs inside the grid has thrown. */
  failed(where: string, error: unknown): void;
  readonly hooks?: GridHooks | undefined;
  /**
   * Calls `resume` once the event loop has turned, if it has not for too long; false = no need. A program that awaits nothing but operations that
   * end at once would never let the loop turn, and its member would miss its own beats.
   */
  breathe?(nowMs: number, resume: () => void): boolean;
}

/** What the caller gets of the result; `tookMs` from the call to the end. */
export type Finish<R> = (result: OperationResult, tookMs: number) => R;

let resolveNext: (value: never) => void = () => {};
let rejectNext: (error: unknown) => void = () => {};
/** The executor of every call's promise: one of its own for each would cost as much as the promise. */
const capture = (resolve: (value: never) => void, reject: (error: unknown) => void): void => {
  resolveNext = resolve;
  rejectNext = reject;
};

/** One call under way, from the caller's promise to the core. */
class RunningCall<R> implements Done {
  readonly #site: CallSite;
  readonly #cacheName: string;
  readonly #finish: Finish<R>;
  readonly #resolve: (value: R) => void;
  readonly #reject: (error: unknown) => void;
  readonly #submittedMs: number;
  /** 0 until the core has taken it: what ends before that ends at once. */
  counter = 0;
  signal: AbortSignal | undefined;
  followed: Followed | undefined;

  constructor(site: CallSite, cacheName: string, finish: Finish<R>, submittedMs: number) {
    this.#site = site;
    this.#cacheName = cacheName;
    this.#finish = finish;
    this.#resolve = resolveNext as (value: R) => void;
    this.#reject = rejectNext;
    this.#submittedMs = submittedMs;
  }

  ended(failure: GridErrorCode | undefined, result: OperationResult): void {
    const site = this.#site;
    this.followed?.(failure);
    if (failure !== undefined) {
      this.#reject(errorOf(this.#cacheName, failure, result, this.signal));
      return;
    }
    const atOnce = this.counter === 0;
    const endedMs = atOnce ? site.nowMs() : site.core.node.nowMs;
    try {
      const value = this.#finish(result, Math.max(0, endedMs - this.#submittedMs));
      if (!atOnce || site.breathe?.(this.#submittedMs, () => this.#resolve(value)) !== true) this.#resolve(value);
    } catch (error) {
      // The codec's: the core, in whose midst this runs, knows nothing of values.
      this.#reject(error);
    }
  }
}

/** Runs one operation through the core. `finish` makes of its result what the caller gets, so that an operation costs one promise only. */
export function submitCall<R>(
  site: CallSite,
  cache: CacheState,
  cacheName: string,
  segment: number,
  fields: OperationFields,
  options: CallOptions | undefined,
  finish: Finish<R>,
): Promise<R> {
  const followed = site.hooks?.operation === undefined ? undefined : follow(site, cache, cacheName, fields.operation, segment);
  const signal = options?.signal;
  if (signal?.aborted) {
    followed?.('GRID_ABORTED');
    return Promise.reject(new GridError('GRID_ABORTED', `operation on cache ${cacheName}`, { cause: signal.reason }));
  }
  const promise = new Promise<R>(capture);
  const submittedMs = site.nowMs();
  const call = new RunningCall(site, cacheName, finish, submittedMs);
  call.followed = followed;
  if (signal !== undefined) abortWith(signal, site.core, call);
  call.counter = site.core.submit(cache, segment, fields, submittedMs, call, options?.waitMs);
  return promise;
}

function abortWith<R>(signal: AbortSignal, core: DataCore, call: RunningCall<R>): void {
  call.signal = signal;
  const abort = (): void => core.abandon(call.counter);
  signal.addEventListener('abort', abort, { once: true });
  const { followed } = call;
  call.followed = (failure) => {
    signal.removeEventListener('abort', abort);
    followed?.(failure);
  };
}

// Keys may be secrets (codes, tokens): errors name the cache only.
function errorOf(cacheName: string, code: GridErrorCode, result: OperationResult, signal: AbortSignal | undefined): GridError {
  const detail = code === 'GRID_UPDATE_FAILED' && result.value !== null ? textDecoder.decode(result.value) : gridErrors[code].meaning;
  return new GridError(code, `cache ${cacheName}: ${detail}`, signal?.aborted ? { cause: signal.reason } : undefined);
}
