import type { MemberId } from '../protocol/types.ts';

/** Who says to hear whom. */
export type HeardSets = ReadonlyMap<MemberId, ReadonlySet<MemberId>>;

const mutual = (heard: HeardSets, left: MemberId, right: MemberId): boolean =>
  heard.get(left)?.has(right) === true && heard.get(right)?.has(left) === true;

/** Pairs that do not both hear each other. */
export function deafPairs(ids: readonly MemberId[], heard: HeardSets): (readonly [MemberId, MemberId])[] {
  return ids.flatMap((left, index) =>
    ids.slice(index + 1).flatMap((right) => (mutual(heard, left, right) ? [] : [[left, right] as const])),
  );
}

/**
 * The largest set of members that all hear each other; of equal ones the set that holds the earliest member (then the next earliest, and so on).
 * Exact for the cluster sizes meant here; the search gives up improving after a bounded number of steps and keeps the best so far.
 */
export function largestMutualSet(ids: readonly MemberId[], heard: HeardSets): MemberId[] {
  let best: MemberId[] = [];
  let steps = 0;
  // Members are tried in order, with before without, so the first set found of a size holds the earliest members.
  const search = (chosen: readonly MemberId[], rest: readonly MemberId[]): void => {
    steps += 1;
    if (chosen.length > best.length) best = [...chosen];
    if (steps > 20_000 || chosen.length + rest.length <= best.length) return;
    for (const [index, id] of rest.entries()) {
      if (chosen.length + rest.length - index <= best.length) return;
      search(
        [...chosen, id],
        rest.slice(index + 1).filter((other) => mutual(heard, id, other)),
      );
    }
  };
  search([], ids);
  return best;
}
