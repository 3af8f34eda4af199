import { describe, expect, it } from 'vitest';
import { deafPairs, type HeardSets, largestMutualSet } from './agreement.ts';

const hears = (sets: Record<number, readonly number[]>): HeardSets =>
  new Map(Object.entries(sets).map(([id, heard]) => [Number(id), new Set(heard)]));

describe('the largest set of members that all hear each other', () => {
  it('is everybody when everybody hears everybody', () => {
    const heard = hears({ 1: [2, 3], 2: [1, 3], 3: [1, 2] });
    expect(deafPairs([1, 2, 3], heard)).toEqual([]);
    expect(largestMutualSet([1, 2, 3], heard)).toEqual([1, 2, 3]);
  });

  it('leaves out who is heard but does not hear', () => {
    expect(largestMutualSet([1, 2, 3], hears({ 1: [2, 3], 2: [1, 3], 3: [] }))).toEqual([1, 2]);
  });

  it('holds the earliest member when two sides are equal', () => {
    expect(largestMutualSet([4, 1, 2, 3], hears({ 1: [2], 2: [1], 3: [4], 4: [3] }))).toEqual([4, 3]);
  });

  it('keeps two points of a star, not its middle alone', () => {
    expect(largestMutualSet([1, 2, 3, 4], hears({ 1: [2, 3, 4], 2: [1], 3: [1], 4: [1] }))).toEqual([1, 2]);
  });
});
