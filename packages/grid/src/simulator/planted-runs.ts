import type { PlantedFault } from './planted.ts';
import { run } from './run.ts';

/** Which checker finds the fault, and where; undefined if none of so many seeds shows it. A broken assertion in the code counts. */
export function firstCaught(fault: PlantedFault, seeds: number): string | undefined {
  for (let seed = 1; seed <= seeds; seed += 1) {
    try {
      const [first] = run({ seed, fault }).violations;
      if (first !== undefined) return `${first.invariant} at seed ${seed}`;
    } catch (error) {
      return `${error instanceof Error ? error.message : String(error)} at seed ${seed}`;
    }
  }
  return undefined;
}
