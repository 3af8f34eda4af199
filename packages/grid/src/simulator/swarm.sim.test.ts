import { describe, expect, it } from 'vitest';
import { focusOf, focusSets } from './focus-sets.ts';
import { optionsOf, readRegressions } from './regressions.ts';
import { least, planOf, run } from './run.ts';
import { shrink } from './shrink.ts';

describe('random faults over membership and data together', () => {
  it('break no invariant, and the cluster agrees again afterwards', () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const set = focusOf(seed);
      const { violations, undecided, operations, faults } = run({ seed, focus: set && focusSets[set] });
      expect(violations, `seed ${seed}`).toEqual([]);
      expect(undecided, `seed ${seed}`).toBe(0);
      expect(operations, `seed ${seed}`).toBeGreaterThanOrEqual(least.operations);
      expect(
        [...faults.values()].reduce((sum, count) => sum + count),
        `seed ${seed}`,
      ).toBeGreaterThanOrEqual(least.faults);
    }
  });

  it('repeat exactly for the same seed', () => {
    const trace = (seed: number) => {
      const lines: string[] = [];
      const { events } = run({ seed, minutes: 0.5, trace: (line) => lines.push(line) });
      return [events, ...lines];
    };
    expect(trace(7)).toEqual(trace(7));
  });

  it('are shrunk to the few that a violation needs', () => {
    const options = { seed: 1, fault: 'retry-without-operation-id' } as const;
    const failed = run(options);
    const plan = shrink(options, failed, 8);
    expect(plan?.length).toBeLessThan(planOf(options).filter(({ atMs }) => atMs < failed.faultyMs).length / 2);
  });
});

describe('a run that once failed', () => {
  for (const regression of readRegressions()) {
    it(`seed ${regression.seed}: ${regression.what}`, () => {
      expect(run(optionsOf(regression)).violations).toEqual([]);
    });
  }
});
