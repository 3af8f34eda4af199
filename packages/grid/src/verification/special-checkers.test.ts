import { describe, expect, it } from 'vitest';
import { checkSingleWinner } from './single-use.ts';
import { checkUniquePuts } from './unique-puts.ts';
import { checkMonotoneVersions } from './versions.ts';

describe('a token', () => {
  const take = (calledAt: number, won: boolean | undefined) => ({ calledAt, returnedAt: calledAt + 1, won });

  it('has one winner, or none while nobody knows how an attempt ended', () => {
    expect(checkSingleWinner({ putAt: 1, takes: [take(2, false), take(2, true), take(3, false)] })).toEqual([]);
    expect(checkSingleWinner({ putAt: 1, takes: [take(2, false), take(2, undefined)] })).toEqual([]);
    expect(checkSingleWinner({ putAt: undefined, takes: [take(2, false)] })).toEqual([]);
    expect(checkSingleWinner({ putAt: 5, takes: [take(2, false)] })).toEqual([]);
  });

  it('must not have two', () => {
    expect(checkSingleWinner({ putAt: 1, takes: [take(2, true), take(2, true)] })).toEqual(['2 takers got it']);
  });

  it('must not vanish', () => {
    expect(checkSingleWinner({ putAt: 1, takes: [take(2, false), take(3, false)] })).toHaveLength(1);
  });
});

describe('a set of unique elements', () => {
  it('may hold what was put without an answer', () => {
    const puts = [
      { element: 'a', acknowledged: true },
      { element: 'b', acknowledged: false },
      { element: 'c', acknowledged: false },
    ];
    expect(checkUniquePuts(puts, new Set(['a', 'b']))).toEqual([]);
  });

  it('must hold what was acknowledged, and nothing else', () => {
    expect(checkUniquePuts([{ element: 'a', acknowledged: true }], new Set(['z']))).toEqual([
      'a was acknowledged and is missing',
      'z is there and nobody put it',
    ]);
  });
});

describe('versions of a key', () => {
  const read = (calledAt: number, returnedAt: number, epoch: number, sequence: number) => ({ calledAt, returnedAt, epoch, sequence });

  it('grow, by epoch first; reads that overlap may see either', () => {
    expect(checkMonotoneVersions([read(0, 1, 3, 900), read(2, 3, 4, 1), read(2, 9, 4, 7), read(4, 5, 4, 6)])).toEqual([]);
  });

  it('must not fall for whoever reads later', () => {
    expect(checkMonotoneVersions([read(0, 1, 4, 2), read(2, 3, 4, 1)])).toHaveLength(1);
    expect(checkMonotoneVersions([read(0, 1, 4, 2), read(1.5, 20, 4, 9), read(2, 3, 3, 99)])).toHaveLength(1);
  });
});
