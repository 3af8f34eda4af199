import { describe, expect, it } from 'vitest';
import { murmur3, segmentOf } from './segment-hash.ts';

describe('murmur3', () => {
  it('agrees with the reference values of MurmurHash3_x86_32', () => {
    expect(murmur3('')).toBe(0);
    expect(murmur3('', 1)).toBe(0x514e28b7);
    // Two UTF-16 units are the four bytes 21 43 65 87 of the public test vector.
    expect(murmur3('\u4321\u8765')).toBe(0xf55b516b);
    expect(murmur3('\u4321')).toBe(0xa0f7b07a);
  });

  it('spreads keys evenly over the segments', () => {
    const counts = new Array<number>(256).fill(0);
    for (let index = 0; index < 51_200; index++) counts[segmentOf(`key-${index}`)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(120);
    expect(Math.max(...counts)).toBeLessThan(300);
  });
});
