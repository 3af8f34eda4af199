import { describe, expect, it } from 'vitest';
import { DurationHistogram } from './duration-histogram.ts';
import { WindowMax } from './window-max.ts';

describe('the greatest value of the last minutes', () => {
  it('is kept for one to two halves of the window', () => {
    let nowMs = 10;
    const max = new WindowMax(() => nowMs, 100);
    max.record(7);
    max.record(3);
    expect(max.read()).toBe(7);
    nowMs = 150;
    expect(max.read()).toBe(7);
    max.record(2);
    nowMs = 250;
    expect(max.read()).toBe(2);
    nowMs = 1_000;
    expect(max.read()).toBe(0);
  });
});

describe('a histogram of durations', () => {
  it('counts each duration in every bucket that it fits into', () => {
    const histogram = new DurationHistogram([0.1, 1]);
    for (const seconds of [0.05, 0.1, 0.5, 2]) histogram.record(seconds);
    expect([histogram.count(), histogram.sum(), histogram.counts()]).toEqual([4, 2.65, [2, 3]]);
  });
});
