import type { FaultKind } from './faults.ts';
import type { PlantedFault } from './planted.ts';
import { run } from './run.ts';

const moves: readonly FaultKind[] = ['leave', 'crash', 'loseFrames', 'reset'];
const cuts: readonly FaultKind[] = ['isolate', 'split', 'databaseCut', 'lostAnswers', 'slowAnswers'];

/** What brings some faults out; others show under anything. */
const focus: Readonly<Partial<Record<PlantedFault, readonly FaultKind[]>>> = {
  'clock-step-trusted': ['wallStep', 'isolate', 'split'],
  'lease-from-answer': cuts,
  'epoch-unchecked': [...cuts, 'leave', 'crash', 'slowLink'],
  'grants-across-epochs': [...cuts, 'leave', 'crash', 'databaseAway'],
  'observation-over-gap': [...cuts, 'databaseAway', 'stall'],
  'results-stay-behind': moves,
  'tombstone-dropped-early': [...moves, 'slowLink'],
  'no-epoch-check-on-replicate': [...moves, 'slowLink', 'cutPair', 'pause'],
  'demoted-keeps-tail': [...moves, 'slowLink', 'cutPair', 'pause'],
};

/** Which checker finds the fault, and where; undefined if none of so many seeds shows it. A broken assertion in the code counts. */
export function firstCaught(fault: PlantedFault, seeds: number): string | undefined {
  for (let seed = 1; seed <= seeds; seed += 1) {
    try {
      const [first] = run({ seed, fault, focus: focus[fault] }).violations;
      if (first !== undefined) return `${first.invariant} at seed ${seed}`;
    } catch (error) {
      return `${error instanceof Error ? error.message : String(error)} at seed ${seed}`;
    }
  }
  return undefined;
}
