import { operation } from './messages.ts';
import type { Operation } from './operations/decision.ts';
import { get } from './operations/get.ts';
import { getAndRemove } from './operations/get-and-remove.ts';
import { put } from './operations/put.ts';
import { putIfAbsent } from './operations/put-if-absent.ts';
import { remove } from './operations/remove.ts';
import { removeIfVersion } from './operations/remove-if-version.ts';
import { replace } from './operations/replace.ts';
import { replaceIfVersion } from './operations/replace-if-version.ts';
import { touch } from './operations/touch.ts';
import { update } from './operations/update.ts';

/** Operations on one key by wire number; `scan` and `count` look at a whole segment and stand in scan.ts. */
export const keyOperations: readonly (Operation | undefined)[] = (() => {
  const table: (Operation | undefined)[] = [];
  table[operation.get] = get;
  table[operation.put] = put;
  table[operation.putIfAbsent] = putIfAbsent;
  table[operation.replace] = replace;
  table[operation.replaceIfVersion] = replaceIfVersion;
  table[operation.remove] = remove;
  table[operation.removeIfVersion] = removeIfVersion;
  table[operation.getAndRemove] = getAndRemove;
  table[operation.touch] = touch;
  table[operation.update] = update;
  return table;
})();

/** Reads leave no trace: they need no operation id and may simply be asked again. */
export function isRead(code: number): boolean {
  return code === operation.get || code === operation.scan || code === operation.count;
}
