import type { FaultKind } from '../faults.ts';
import { focusSets } from '../focus-sets.ts';
import { run } from '../run.ts';
import type { PlantedFault } from './catalogue.ts';
import { playScene, scenes } from './scenes.ts';

/** What brings some faults out; others show under anything. */
const focus: Readonly<Partial<Record<PlantedFault, readonly FaultKind[]>>> = {
  'epoch-unchecked': focusSets.cutsAndMoves,
  'observation-over-gap': focusSets.database,
  'tombstone-dropped-early': focusSets.moves,
  'late-duplicate-executed': ['lateDuplicates', 'reset'],
  'writers-narrowed-early': ['leave', 'crash', 'slowLink', 'leaveNow'],
  'beat-unchecked': ['pause', 'slowAnswers', 'databaseCut'],
  'admitted-from-stale-reading': ['pause', 'slowLink', 'databaseCut', 'lostAnswers', 'stall'],
  'invalidation-lost-with-writer': ['lostAnswers', 'crash', 'leave'],
  'lock-held-by-frozen': ['pause', 'leave', 'crash'],
};

/** Where faults were found that few seeds bring out; CI begins to look there, `--planted` at the first seed. */
export const likelySeeds: Readonly<Partial<Record<PlantedFault, number>>> = {
  'beat-unchecked': 11,
  'lock-held-by-frozen': 6,
  'lease-before-work': 25,
  'writers-narrowed-early': 27,
  'refused-origin-retries': 19,
  'stale-load-kept': 17,
};

/** Which checker finds the fault, and where: in the scene that is told for it, or in one of so many seeds. A broken assertion in the code counts. */
export function firstCaught(fault: PlantedFault, seeds: number, from = 1): string | undefined {
  if (scenes[fault] !== undefined) {
    const [first] = playScene(fault, true);
    return first && `${first.invariant} in its scene`;
  }
  for (let seed = from; seed < from + seeds; seed += 1) {
    const [first] = run({ seed, fault, focus: focus[fault] }).violations;
    if (first !== undefined)
      return `${first.invariant} at seed ${seed}${focus[fault] === undefined ? '' : ` of ${focus[fault].join(', ')}`}`;
  }
  return undefined;
}
