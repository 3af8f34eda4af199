import { GridError, type GridErrorCode, gridErrors } from '../errors.ts';
import type { CacheState } from './cache-state.ts';
import type { DataCore } from './core.ts';
import type { OperationCode, OperationFields, OperationResult } from './messages.ts';
import type { Done } from './origin.ts';

/** What a caller says about one operation beside its key; what is missing has the default of OperationFields. */
export interface Call {
  readonly value?: Uint8Array | null;
  readonly lifespanMs?: number | undefined;
  readonly maxIdleMs?: number | undefined;
  readonly ifEpoch?: number | undefined;
  readonly ifSequence?: number | undefined;
  readonly update?: string;
  readonly signal?: AbortSignal | undefined;
  readonly waitMs?: number | undefined;
}

export const noCall: Call = Object.freeze({});

const textDecoder = new TextDecoder();

/** Where an operation runs, and when it began. */
export interface CallSite {
  readonly core: DataCore;
  readonly cache: CacheState;
  readonly cacheName: string;
  readonly nowMs: number;
}

/** Runs one operation through the core. `finish` makes of its result what the caller gets, so that an operation costs one promise only. */
export function submitCall<R>(
  on: CallSite,
  code: OperationCode,
  key: string,
  segment: number,
  call: Call,
  finish: (result: OperationResult) => R,
): Promise<R> {
  const { signal } = call;
  const fields: OperationFields = {
    operation: code,
    key,
    value: call.value ?? null,
    lifespanMs: call.lifespanMs ?? -1,
    maxIdleMs: call.maxIdleMs ?? -1,
    ifEpoch: call.ifEpoch ?? 0,
    ifSequence: call.ifSequence ?? 0,
    update: call.update ?? '',
  };
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new GridError('GRID_ABORTED', `operation on cache ${on.cacheName}`, { cause: signal.reason }));
      return;
    }
    let counter = 0;
    const abort = (): void => on.core.abandon(counter);
    const done: Done = (failure, result) => {
      signal?.removeEventListener('abort', abort);
      if (failure !== undefined) {
        reject(errorOf(on.cacheName, failure, result));
        return;
      }
      try {
        resolve(finish(result));
      } catch (error) {
        // The codec's: the core, in whose midst this runs, knows nothing of values.
        reject(error);
      }
    };
    counter = on.core.submit(on.cache, segment, fields, on.nowMs, done, call.waitMs);
    if (counter !== 0) signal?.addEventListener('abort', abort, { once: true });
  });
}

// Keys may be secrets (codes, tokens): errors name the cache only.
function errorOf(cacheName: string, code: GridErrorCode, result: OperationResult): GridError {
  const detail = code === 'GRID_UPDATE_FAILED' && result.value !== null ? textDecoder.decode(result.value) : gridErrors[code].meaning;
  return new GridError(code, `cache ${cacheName}: ${detail}`);
}
