import { SEGMENTS } from '../protocol/types.ts';
import { diversity, type Place } from './diversity.ts';

/** Members are numbers 0..n-1 here; `sets[segment]` lists the owners of one segment. */
export interface Level {
  readonly places: readonly Place[];
  readonly sets: number[][];
  /** Copies per member. */
  readonly load: number[];
  /** The first `fixed` owners of each segment may not be replaced: a smaller level stands on them. */
  readonly fixed: number;
}

/** Fills each segment to `size` owners: best diversity, then least load, then the pair that occurs least, then member order. */
export function fill(level: Level, size: number): void {
  const { places, sets, load } = level;
  const together = places.map(() => places.map(() => 0));
  const count = (set: readonly number[], member: number) => set.reduce((sum, other) => sum + (together[member]?.[other] ?? 0), 0);
  const join = (set: readonly number[], member: number) => {
    for (const other of set) {
      (together[member] as number[])[other] = (together[member]?.[other] ?? 0) + 1;
      (together[other] as number[])[member] = (together[other]?.[member] ?? 0) + 1;
    }
  };
  for (const set of sets) for (const [index, member] of set.entries()) join(set.slice(0, index), member);
  for (const set of sets) {
    while (set.length < size) {
      let best = -1;
      let bestRank: readonly number[] = [];
      for (let member = 0; member < places.length; member += 1) {
        if (set.includes(member)) continue;
        const rank = [-diversity(places, [...set, member]), load[member] as number, count(set, member)];
        if (best === -1 || before(rank, bestRank)) {
          best = member;
          bestRank = rank;
        }
      }
      join(set, best);
      set.push(best);
      load[best] = (load[best] as number) + 1;
    }
  }
}

function before(left: readonly number[], right: readonly number[]): boolean {
  for (let index = 0; index < left.length; index += 1) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Replaces owners where that raises diversity, or evens out loads that differ by two or more without lowering it. Each replacement is one copy moved. */
export function improve(level: Level): void {
  raiseDiversity(level);
  const average = level.load.reduce((sum, load) => sum + load, 0) / level.load.length;
  // Those above the average give to those below it first: that way no copy moves twice.
  evenOut(level, (from, to) => from > average && to < average && from - to >= 2);
  evenOut(level, (from, to) => from - to >= 2);
}

function raiseDiversity({ places, sets, load, fixed }: Level): void {
  for (const set of sets) {
    for (let again = true; again; ) {
      again = false;
      const now = diversity(places, set);
      let best: { slot: number; member: number; rank: readonly number[] } | undefined;
      for (let slot = fixed; slot < set.length; slot += 1) {
        for (let member = 0; member < places.length; member += 1) {
          if (set.includes(member)) continue;
          const score = diversity(places, set.with(slot, member));
          if (score <= now) continue;
          const rank = [-score, (load[member] as number) - (load[set[slot] as number] as number)];
          if (best === undefined || before(rank, best.rank)) best = { slot, member, rank };
        }
      }
      if (best !== undefined) {
        replace(set, load, best.slot, best.member);
        again = true;
      }
    }
  }
}

function evenOut({ places, sets, load, fixed }: Level, worthwhile: (from: number, to: number) => boolean): void {
  // Every replacement lowers the sum of squares of the loads, so this ends; the bound guards against a mistake here.
  for (let pass = 0, changed = true; changed && pass < SEGMENTS; pass += 1) {
    changed = false;
    for (const set of sets) {
      for (let slot = fixed; slot < set.length; slot += 1) {
        const from = load[set[slot] as number] as number;
        let best = -1;
        for (let member = 0; member < places.length; member += 1) {
          const to = load[member] as number;
          if (!worthwhile(from, to) || set.includes(member) || (best !== -1 && to >= (load[best] as number))) continue;
          if (diversity(places, set.with(slot, member)) >= diversity(places, set)) best = member;
        }
        if (best === -1) continue;
        replace(set, load, slot, best);
        changed = true;
      }
    }
  }
}

function replace(set: number[], load: number[], slot: number, member: number): void {
  const out = set[slot] as number;
  set[slot] = member;
  load[out] = (load[out] as number) - 1;
  load[member] = (load[member] as number) + 1;
}
