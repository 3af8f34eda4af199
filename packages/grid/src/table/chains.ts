import { SEGMENTS } from '../protocol/types.ts';
import { gain } from './diversity.ts';
import type { Level } from './level.ts';

/** One replacement: of one owner of a segment by `member`. */
interface Step {
  readonly segment: number;
  readonly slot: number;
  readonly member: number;
}

/**
 * Evens out what single replacements cannot: where every segment of the fullest member holds the emptiest one already, a third gives to the one and
 * takes from the other. Each chain lowers the sum of squares of the loads, so this ends; the bound guards against a mistake here.
 */
export function evenOutByChains(level: Level): void {
  for (let chains = 0; chains < SEGMENTS && !level.even; chains += 1) {
    const chain = shortestChain(level, level.fullest(), level.emptiest());
    if (chain === undefined) return;
    for (const { segment, slot, member } of chain) level.replace(segment, slot, member);
  }
}

/** A replacement that takes `from` out of a set for `to` without lowering its diversity, in a set that the chain so far leaves alone. */
function stepBetween(level: Level, from: number, to: number, taken: readonly Step[]): Step | undefined {
  const { places, sets, fixed } = level;
  for (let segment = 0; segment < sets.length; segment += 1) {
    if (!level.holds(segment, from) || level.holds(segment, to) || taken.some((step) => step.segment === segment)) continue;
    const set = sets[segment] as number[];
    const slot = set.indexOf(from, fixed);
    if (slot !== -1 && gain(places, set, to, slot) >= gain(places, set, from, slot)) return { segment, slot, member: to };
  }
  return undefined;
}

/** Fewest replacements that take one copy from `from` and give one to `to`, breadth first; undefined where there are none. */
function shortestChain(level: Level, from: number, to: number): readonly Step[] | undefined {
  const seen = new Set([from]);
  let ends: { readonly member: number; readonly steps: readonly Step[] }[] = [{ member: from, steps: [] }];
  while (ends.length > 0) {
    const further: typeof ends = [];
    for (const { member, steps } of ends) {
      for (let next = 0; next < level.places.length; next += 1) {
        if (seen.has(next)) continue;
        const step = stepBetween(level, member, next, steps);
        if (step === undefined) continue;
        if (next === to) return [...steps, step];
        seen.add(next);
        further.push({ member: next, steps: [...steps, step] });
      }
    }
    ends = further;
  }
  return undefined;
}
