import { SEGMENTS } from '../protocol/types.ts';
import { evenOutByChains } from './chains.ts';
import { bestDiversity, diversity, gain } from './diversity.ts';
import type { Level } from './level.ts';

/** Replaces owners where that raises diversity, or evens out loads that differ by two or more without lowering it. Each replacement is one copy moved. */
export function improve(level: Level, size: number): void {
  raiseDiversity(level, size);
  const average = level.load.reduce((sum, load) => sum + load, 0) / level.load.length;
  // Those above the average give to those below it first: that way no copy moves twice.
  evenOut(level, (from, to) => from > average && to < average && from - to >= 2);
  evenOut(level, (from, to) => from - to >= 2);
  evenOutByChains(level);
}

function raiseDiversity(level: Level, size: number): void {
  const { places, sets } = level;
  const best = bestDiversity(places, size);
  for (const [segment, set] of sets.entries()) while (diversity(places, set) < best && raise(level, segment, set));
}

/** The one replacement that raises the diversity of the set most; false: none does. */
function raise(level: Level, segment: number, set: readonly number[]): boolean {
  const { places, load, fixed } = level;
  let best: { readonly slot: number; readonly member: number; readonly raised: number; readonly difference: number } | undefined;
  for (let slot = fixed; slot < set.length; slot += 1) {
    const from = set[slot] as number;
    const now = gain(places, set, from, slot);
    for (let member = 0; member < places.length; member += 1) {
      if (level.holds(segment, member)) continue;
      const raised = gain(places, set, member, slot) - now;
      const difference = (load[member] as number) - (load[from] as number);
      if (raised <= 0 || (best !== undefined && (raised < best.raised || (raised === best.raised && difference >= best.difference))))
        continue;
      best = { slot, member, raised, difference };
    }
  }
  if (best !== undefined) level.replace(segment, best.slot, best.member);
  return best !== undefined;
}

function evenOut(level: Level, worthwhile: (from: number, to: number) => boolean): void {
  const { places, sets, load, fixed } = level;
  // Every replacement lowers the sum of squares of the loads, so this ends; the bound guards against a mistake here.
  for (let pass = 0, changed = true; changed && pass < SEGMENTS; pass += 1) {
    changed = false;
    for (let segment = 0; segment < sets.length; segment += 1) {
      const set = sets[segment] as number[];
      for (let slot = fixed; slot < set.length; slot += 1) {
        const from = load[set[slot] as number] as number;
        if (!worthwhile(from, load[level.emptiest()] as number)) continue;
        const now = gain(places, set, set[slot] as number, slot);
        let best = -1;
        for (let member = 0; member < places.length; member += 1) {
          const to = load[member] as number;
          if (!worthwhile(from, to) || level.holds(segment, member) || (best !== -1 && to >= (load[best] as number))) continue;
          if (gain(places, set, member, slot) >= now) best = member;
        }
        if (best === -1) continue;
        level.replace(segment, slot, best);
        changed = true;
      }
    }
  }
}
