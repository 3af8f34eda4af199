import { describe, expect, it } from 'vitest';
import { Random } from '../simulator/random.ts';
import { GridClock } from './grid-clock.ts';

describe('GridClock', () => {
  it('shows the wall clock of the start until a sample comes, and takes the first sample over whole', () => {
    const clock = new GridClock(100, 1_000_100);
    expect(clock.now(200)).toBe(1_000_200);
    clock.sample(5_000_250, 240, 260);
    expect(clock.now(300)).toBe(5_000_300);
  });

  it('follows a shared clock that was set by at most 50 ms a second', () => {
    const clock = new GridClock(0, 0);
    clock.sample(1_000, 0, 0);
    clock.sample(3_600_000, 0, 0);
    expect(clock.now(1_000)).toBe(2_050);
    expect(clock.now(2_000)).toBe(3_100);
  });

  it('learns nothing from a slow answer that a quick one has told better', () => {
    const clock = new GridClock(0, 0);
    clock.sample(1_001, 0, 2);
    clock.sample(1_990, 0, 1_000);
    expect(clock.now(1_000)).toBeCloseTo(2_000, 0);
  });

  it('keeps the clocks of members within 250 ms of each other, whatever the answers take and although their crystals differ', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = new Random(seed, 'clock');
      const rates = [1, 2, 3].map(() => random.between(0.999_9, 1.000_1));
      const own = (member: number, trueMs: number): number => member * 1e6 + trueMs * (rates[member] ?? 1);
      const clocks = rates.map((_, member) => new GridClock(own(member, 0), random.between(-1e9, 1e9)));
      for (const [member, clock] of clocks.entries()) clock.sample(5e9 + 1, own(member, 0), own(member, 2));
      for (let trueMs = 0; trueMs < 600_000; trueMs += 1_000) {
        // For minutes on end every answer is slow, on one way only, or none comes at all.
        const slowMs = random.chance(0.01) ? 900 : 5;
        for (const [member, clock] of clocks.entries()) {
          if (trueMs % 200_000 > 150_000) continue;
          const [there, back] = [random.about(slowMs), random.about(5)];
          clock.sample(5e9 + trueMs + there, own(member, trueMs), own(member, trueMs + there + back));
        }
        const shown = clocks.map((clock, member) => clock.now(own(member, trueMs + 950)));
        expect(Math.max(...shown) - Math.min(...shown), `seed ${seed} at ${trueMs} ms`).toBeLessThan(250);
      }
    }
  });
});
