import { describe, expect, it } from 'vitest';
import { Latencies } from './latencies.ts';

describe('latencies in buckets', () => {
  it('give percentiles that are right to 3 %', () => {
    const latencies = new Latencies();
    for (let us = 1; us <= 1_000; us += 1) latencies.add(us / 1_000);
    expect(latencies.count).toBe(1_000);
    for (const share of [0.5, 0.9, 0.99]) expect(Math.abs(latencies.percentileUs(share) / (share * 1_000) - 1)).toBeLessThan(0.03);
  });

  it('say the same after they were sent to another process and merged there', () => {
    const [one, other, both] = [new Latencies(), new Latencies(), new Latencies()];
    for (let ms = 1; ms <= 100; ms += 1) (ms % 2 === 0 ? one : other).add(ms);
    both.merge(one.buckets());
    both.merge(other.buckets());
    expect(both.count).toBe(100);
    expect(Math.abs(both.meanMs / 50.5 - 1)).toBeLessThan(0.03);
    expect(Math.abs(both.percentileUs(0.95) / 95_000 - 1)).toBeLessThan(0.03);
  });

  it('have no percentile while there is no latency', () => {
    expect(new Latencies().percentileUs(0.5)).toBeNaN();
  });
});
