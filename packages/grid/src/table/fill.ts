import { gain } from './diversity.ts';
import type { Level } from './level.ts';

/** Fills each segment to `size` owners: best diversity, then least load, then the pair that occurs least, then member order. */
export function fill(level: Level, size: number): void {
  const { places, sets, load } = level;
  for (let segment = 0; segment < sets.length; segment += 1) {
    const set = sets[segment] as number[];
    while (set.length < size) {
      let best = -1;
      let bestGain = 0;
      let bestTogether = 0;
      for (let member = 0; member < places.length; member += 1) {
        if (level.holds(segment, member)) continue;
        const gained = gain(places, set, member);
        if (best !== -1 && gained < bestGain) continue;
        const further = best === -1 ? -1 : bestGain - gained || (load[member] as number) - (load[best] as number);
        if (further > 0) continue;
        const together = level.together(segment, member);
        if (further === 0 && together >= bestTogether) continue;
        best = member;
        bestGain = gained;
        bestTogether = together;
      }
      level.add(segment, best);
    }
  }
}
