import { heirs, readOwners } from '../protocol/owners.ts';
import { MAX_OWNERS, type MemberId, type OwnerTable, type ViewBody } from '../protocol/types.ts';

/** "Holds no cache whole": one more than the longest preference list. */
export const nothingHeld = MAX_OWNERS + 1;

/** The last tables of which every member had all that they give it: those of a SWITCH, or that of the STABLE behind it. */
export class WholeTables {
  #tables: readonly OwnerTable[] = [];

  /** Before anything else is concluded from `view`, which follows `before` here, though epochs between may have been missed. */
  follow(before: ViewBody | undefined, view: ViewBody): void {
    if (before !== undefined && fellSince(before, view)) this.#tables = bothTables(before);
    // A STABLE was missed: former owners have dropped what it did not give them.
    else if (before?.phase === 'SWITCH' && view.phase === 'COPY') this.#tables = [before.target ?? before.table];
    else if (view.phase === 'SWITCH') this.#tables = bothTables(view);
    else if (view.phase === 'STABLE' && (before === undefined || before.phase === 'SWITCH')) this.#tables = [view.table];
  }

  reset(): void {
    this.#tables = [];
  }

  /** How many owners a cache may have at most that the member need not hold whole. */
  placeOf(segment: number, member: MemberId): number {
    const places = this.#tables.map((table) => table[segment]?.indexOf(member) ?? -1).filter((place) => place !== -1);
    return places.length === 0 ? MAX_OWNERS : Math.min(...places);
  }
}

/**
 * Whether `view` stands on the fall of the very SWITCH that `before` is, or leads to: a later one would have needed the confirmation of the member
 * that knows `before`.
 */
export function fellSince(before: ViewBody, view: ViewBody): boolean {
  return before.target !== null && view.fall !== undefined && view.fall.epoch > before.epoch;
}

/**
 * Smallest number of owners at which a member that knows no view between these two still has all that was written meanwhile. Unless a SWITCH fell,
 * that is what it could read before: what a target gave it, another target may have taken back.
 */
export function keptLevel(before: ViewBody, view: ViewBody, segment: number, member: MemberId): number {
  const owners =
    fellSince(before, view) && before.target !== null
      ? heirs(before.table[segment] ?? [], before.target[segment] ?? [], new Set(view.fall?.gone))
      : readOwners(before, segment, MAX_OWNERS);
  const place = owners.indexOf(member);
  return place === -1 ? nothingHeld : place + 1;
}

function bothTables({ table, target }: ViewBody): readonly OwnerTable[] {
  return target === null ? [table] : [table, target];
}
