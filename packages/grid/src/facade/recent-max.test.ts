import { expect, it } from 'vitest';
import { RecentMax } from './recent-max.ts';

it('tells the largest of one to two periods, the same to every reader', () => {
  const recent = new RecentMax(10_000, 0);
  recent.add(5, 1_000);
  recent.add(3, 2_000);
  expect([recent.read(3_000), recent.read(3_000), recent.read(9_999)]).toEqual([5, 5, 5]);
  recent.add(2, 12_000);
  expect(recent.read(19_000)).toBe(5);
  expect(recent.read(20_000)).toBe(2);
  expect(recent.read(45_000)).toBe(0);
});
