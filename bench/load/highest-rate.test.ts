import { expect, it } from 'vitest';
import { highestRate, keepsLimits, type Trial } from './highest-rate.ts';

const well = (perSecond: number): Trial => ({ failures: 0, meanMs: 10, p95Ms: 20, perSecond });

it('comes within a step of the rate that a server can bear', async () => {
  const found = await highestRate(10, 6, async (rate) => (rate <= 333 ? well(rate) : { ...well(rate), p95Ms: 400 }));
  expect(found?.perSecond).toBeGreaterThan(325);
  expect(found?.perSecond).toBeLessThanOrEqual(333);
});

it('finds none where the first rate fails', async () => {
  expect(await highestRate(10, 3, async (rate) => ({ ...well(rate), failures: 1 }))).toBeUndefined();
});

it('does not count a rate that was asked for but not reached', () => {
  expect(keepsLimits(well(90), 100)).toBe(false);
  expect(keepsLimits(well(96), 100)).toBe(true);
});
