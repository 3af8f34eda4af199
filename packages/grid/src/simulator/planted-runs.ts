import { type FocusSet, focusSets } from './focus-sets.ts';
import type { PlantedFault } from './planted.ts';
import { playScene, scenes } from './planted-scenes.ts';
import { run } from './run.ts';

/** What brings some faults out; others show under anything. */
const focus: Readonly<Partial<Record<PlantedFault, FocusSet>>> = {
  'epoch-unchecked': 'cutsAndMoves',
  'observation-over-gap': 'database',
  'tombstone-dropped-early': 'moves',
};

/** Which checker finds the fault, and where: in the scene that is told for it, or in one of so many seeds. A broken assertion in the code counts. */
export function firstCaught(fault: PlantedFault, seeds: number): string | undefined {
  if (scenes[fault] !== undefined) {
    const [first] = playScene(fault, true);
    return first && `${first.invariant} in its scene`;
  }
  const set = focus[fault];
  for (let seed = 1; seed <= seeds; seed += 1) {
    try {
      const [first] = run({ seed, fault, focus: set && focusSets[set] }).violations;
      if (first !== undefined) return `${first.invariant} at seed ${seed}${set === undefined ? '' : ` of ${set}`}`;
    } catch (error) {
      return `${error instanceof Error ? error.message : String(error)} at seed ${seed}`;
    }
  }
  return undefined;
}
