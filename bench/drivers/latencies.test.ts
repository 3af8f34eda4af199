import { describe, expect, it } from 'vitest';
import { Latencies } from './latencies.ts';

describe('latencies in buckets', () => {
  it('give percentiles that are right to 3 %', () => {
    const latencies = new Latencies();
    for (let us = 1; us <= 1_000; us += 1) latencies.add(us / 1_000);
    expect(latencies.count).toBe(1_000);
    for (const share of [0.5, 0.9, 0.99]) expect(Math.abs(latencies.percentileUs(share) / (share * 1_000) - 1)).toBeLessThan(0.03);
  });

  it('have no percentile while there is no latency', () => {
    expect(new Latencies().percentileUs(0.5)).toBeNaN();
  });
});
