import { describe, expect, it } from 'vitest';
import { GridClock } from './grid-clock.ts';

describe('GridClock', () => {
  it('shows the wall clock of the start until a sample comes, and takes the first sample over whole', () => {
    const clock = new GridClock(100, 1_000_100);
    expect(clock.now(200)).toBe(1_000_200);
    clock.sample(5_000_250, 240, 260);
    expect(clock.now(300)).toBe(5_000_300);
  });

  it('follows later samples by at most 50 ms a second', () => {
    const clock = new GridClock(0, 0);
    clock.sample(1_000, 0, 0);
    clock.sample(3_600_000, -1, -1);
    clock.sample(3_600_000, 0, 0);
    for (let index = 0; index < 8; index += 1) clock.sample(3_600_000, 0, 0);
    expect(clock.now(1_000)).toBe(2_050);
    expect(clock.now(2_000)).toBe(3_100);
  });

  it('trusts the sample with the shortest round trip', () => {
    const clock = new GridClock(0, 0);
    clock.sample(1_000, 0, 2);
    clock.sample(9_000, 0, 1_000);
    expect(clock.now(10)).toBe(1_009);
  });
});
