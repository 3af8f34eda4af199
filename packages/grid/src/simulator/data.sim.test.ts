import { describe, expect, it } from 'vitest';
import type { PlantedFault } from '../data/node.ts';
import { runData } from './data-run.ts';

/** First seed under which the checkers find something (a broken invariant in the code counts), else undefined. */
function firstCaught(faults: readonly PlantedFault[], seeds: number): number | undefined {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      if (runData({ seed, members: 3 + (seed % 2), faults }).violations.length > 0) return seed;
    } catch {
      return seed;
    }
  }
  return undefined;
}

describe('the data core under faults', () => {
  for (const owners of [2, 3]) {
    it(`keeps D1 to D5 and D7 with ${owners} owners`, () => {
      for (let seed = 1; seed <= 40; seed++) {
        const run = runData({ seed, owners, members: 3 + (seed % 2) });
        expect(run.violations, `seed ${seed}: ${run.trace.join('; ')}`).toEqual([]);
      }
    });
  }

  it('replays a seed exactly', () => {
    expect(runData({ seed: 7 })).toEqual(runData({ seed: 7 }));
  });
});

describe('planted faults are found', () => {
  const faults: readonly PlantedFault[] = [
    'answer-before-backups',
    'retry-without-operation-id',
    'results-stay-behind',
    'read-from-any-owner',
    'tombstone-dropped-early',
    'no-epoch-check-on-replicate',
    'conditional-answers-from-pending',
  ];
  for (const fault of faults) {
    it(fault, () => {
      expect(firstCaught([fault], 80)).toBeDefined();
    });
  }
});
