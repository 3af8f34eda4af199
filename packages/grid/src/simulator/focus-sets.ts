import type { FaultKind } from './faults.ts';

const moves = ['leave', 'crash', 'loseFrames', 'reset'] as const;
const cuts = ['isolate', 'split', 'databaseCut', 'lostAnswers', 'slowAnswers'] as const;

/** Kinds of faults that together bring out what a mixture of all kinds reaches rarely. */
export const focusSets = {
  moves,
  cuts,
  cutsAndMoves: [...cuts, 'leave', 'crash', 'slowLink'],
  slowMoves: [...moves, 'slowLink', 'cutPair', 'pause'],
  database: ['databaseAway', 'failOver', 'databaseCut', 'stall', 'pause'],
  clocks: ['wallStep', 'isolate', 'split', 'pause'],
} as const satisfies Record<string, readonly FaultKind[]>;

export type FocusSet = keyof typeof focusSets;
/** In a list of seeds every so manieth is run with one of the sets, in turn. */
const mixedSeedsPerSet = 3;

/** The set of a seed; undefined = a mixture of its own of all kinds. */
export function focusOf(seed: number): FocusSet | undefined {
  if (seed % mixedSeedsPerSet !== 0) return undefined;
  const names = Object.keys(focusSets) as FocusSet[];
  return names[(seed / mixedSeedsPerSet) % names.length];
}
