import type { GridHooks, OperationName } from '../api.ts';
import type { GridErrorCode } from '../errors.ts';
import type { CacheState } from './cache-state.ts';
import type { CallSite } from './call.ts';
import { type OperationCode, operation } from './messages.ts';

const names: readonly OperationName[] = (() => {
  const list: OperationName[] = [];
  for (const [name, code] of Object.entries(operation)) list[code] = name as OperationName;
  return list;
})();

/** Called once with the end of an operation; undefined = it succeeded. */
export type Followed = (failure: GridErrorCode | undefined) => void;

/** Tells the program's hook that an operation begins. What a hook throws is logged and changes nothing. */
export function follow(site: CallSite, cache: CacheState, cacheName: string, code: OperationCode, segment: number): Followed | undefined {
  const { node } = site.core;
  const primary = cache.local ? node.self : node.primaryOf(segment);
  const startedMs = site.nowMs();
  let ended: ReturnType<NonNullable<GridHooks['operation']>>;
  try {
    ended = site.hooks?.operation?.({
      cache: cacheName,
      operation: operationName(code),
      segment,
      primary: primary === undefined ? undefined : site.memberName(primary),
    });
  } catch (error) {
    site.failed(hookOf(code), error);
  }
  if (ended === undefined) return undefined;
  return (failure) => {
    try {
      ended({ code: failure, tookMs: site.nowMs() - startedMs });
    } catch (error) {
      site.failed(hookOf(code), error);
    }
  };
}

function operationName(code: OperationCode): OperationName {
  return names[code] as OperationName;
}

function hookOf(code: OperationCode): string {
  return `the hook of operation ${operationName(code)}`;
}
