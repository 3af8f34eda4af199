import { describe, expect, it } from 'vitest';
import { Random } from '../simulator/random.ts';
import { mutate } from './mutate.ts';
import { runFuzz } from './run-fuzz.ts';

// A busy machine takes minutes for what a quiet one does in ten seconds.
const limitMs = 240_000;

describe('bytes of others', () => {
  it(
    'are refused with one error or taken whole, 200,000 mutations of them: no other error, no trace of what was refused, no large allocation',
    () => {
      const { tallies, findings } = runFuzz(200_000, 1);
      expect(findings).toEqual([]);
      for (const { cases, refused } of tallies) {
        // Mutations must reach both ends: most are refused, and some get through.
        expect(refused).toBeGreaterThan(cases / 3);
        expect(refused).toBeLessThan(cases);
      }
    },
    limitMs,
  );

  it('are mutated alike by the same seed', () => {
    const bytes = Uint8Array.from({ length: 60 }, (_, index) => index);
    const once = Array.from({ length: 50 }, (_, seed) => mutate(new Random(seed, 'test'), bytes, bytes));
    const again = Array.from({ length: 50 }, (_, seed) => mutate(new Random(seed, 'test'), bytes, bytes));
    expect(again).toEqual(once);
    expect(new Set(once.map((each) => Buffer.from(each).toString('hex'))).size).toBeGreaterThan(30);
  });
});
