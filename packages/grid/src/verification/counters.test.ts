import { describe, expect, it } from 'vitest';
import { type CounterIncrement, checkCounter } from './counters.ts';

const told = (calledAt: number, returnedAt: number, answer: number): CounterIncrement => ({ calledAt, returnedAt, answer });
const unknown = (calledAt: number): CounterIncrement => ({ calledAt, returnedAt: Number.POSITIVE_INFINITY, answer: undefined });

describe('a counter', () => {
  it('may count racing increments in any order', () => {
    expect(checkCounter([told(0, 10, 2), told(1, 9, 1), told(11, 12, 3)], 3)).toEqual([]);
  });

  it('may or may not hold an increment of unknown outcome', () => {
    expect(checkCounter([told(0, 1, 1), unknown(2), told(3, 4, 2)], 2)).toEqual([]);
    expect(checkCounter([told(0, 1, 1), unknown(2), told(3, 4, 3)], 3)).toEqual([]);
  });

  it('must not answer one count twice', () => {
    expect(checkCounter([told(0, 5, 1), told(1, 6, 1)], undefined)).toEqual(['count 1 was answered twice']);
  });

  it('must not count more than was tried', () => {
    expect(checkCounter([told(0, 1, 2)], undefined)).toEqual(['count 2 was answered after 1 tries']);
    expect(checkCounter([told(0, 1, 1)], 2)).toEqual(['the counter stands at 2 after 1 tries']);
  });

  it('must not lose an answered increment', () => {
    expect(checkCounter([told(0, 1, 1), told(2, 3, 2)], 1)).toEqual(['the counter stands at 1, but 2 increments were answered, up to 2']);
  });

  it('must not answer a smaller count later', () => {
    expect(checkCounter([told(0, 1, 2), told(2, 3, 1)], undefined)).toEqual(['count 1 was answered after count 2']);
  });

  it('is judged in linear time', () => {
    const many = Array.from({ length: 200_000 }, (_, index) => told(index, index + 8, index + 1));
    expect(checkCounter(many, many.length)).toEqual([]);
    expect(checkCounter([...many, told(300_000, 300_001, 7)], undefined)).toHaveLength(2);
  });
});
