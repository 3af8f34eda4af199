import { MAX_OWNERS, type MemberId, type OwnerTable, type ViewBody } from './types.ts';

function first(table: OwnerTable, segment: number, owners: number): readonly MemberId[] {
  const list = table[segment];
  return list === undefined ? [] : list.length <= owners ? list : list.slice(0, owners);
}

/** Who answers reads: the current owners in STABLE and COPY, the next ones in SWITCH. */
export function readOwners(view: ViewBody, segment: number, owners: number): readonly MemberId[] {
  return first(view.phase === 'SWITCH' && view.target !== null ? view.target : view.table, segment, owners);
}

/** Who must acknowledge a write: the readers first, then (while a segment moves) the owners of the other table. T6: writers(e+1) contain readers(e). */
export function writeOwners(view: ViewBody, segment: number, owners: number): readonly MemberId[] {
  const readers = readOwners(view, segment, owners);
  if (view.phase === 'STABLE' || view.target === null) return readers;
  const others = first(view.phase === 'SWITCH' ? view.table : view.target, segment, owners);
  const missing = others.filter((id) => !readers.includes(id));
  return missing.length === 0 ? readers : [...readers, ...missing];
}

/** The one member that decides the order of a segment's writes, undefined while it has none. */
export function primaryOf(view: ViewBody, segment: number): MemberId | undefined {
  return readOwners(view, segment, 1)[0];
}

/**
 * Survivors of a SWITCH by how much of the segment they hold while writes go to both rows: who stands k-th in either has it whole for caches with k or more
 * owners. Members of the old row come first among equals, except for the primary, which reads went to.
 */
export function heirs(table: readonly MemberId[], target: readonly MemberId[], gone: ReadonlySet<MemberId>): MemberId[] {
  const ranked = target.slice(0, 1);
  for (let place = 0; place < Math.max(table.length, target.length); place += 1)
    ranked.push(...[table[place], target[place]].flatMap((id) => id ?? []));
  return [...new Set(ranked)].filter((id) => !gone.has(id)).slice(0, MAX_OWNERS);
}
