import { describe, expect, it } from 'vitest';
import { noResult } from './messages.ts';
import type { PendingWrite } from './pending-write.ts';
import { ResultsTable } from './results-table.ts';

const record = (counter: number) => ({ counter, result: noResult, pending: null, replicated: true });

describe('the results table', () => {
  it('finds a record by member, incarnation and counter', () => {
    const table = new ResultsTable();
    table.store(1, 5, record(7));
    expect(table.find(1, 5, 7)).toEqual(record(7));
    expect(table.find(1, 5, 8)).toBeUndefined();
    expect(table.find(2, 5, 7)).toBeUndefined();
  });

  it('prunes below the low-water mark and runs nothing below it again', () => {
    const table = new ResultsTable();
    for (let counter = 1; counter <= 5; counter++) table.store(1, 5, record(counter));
    table.raise(1, 5, 4);
    expect(table.size).toBe(2);
    expect(table.find(1, 5, 3)).toBe('stale');
    table.raise(1, 5, 2);
    expect(table.find(1, 5, 3)).toBe('stale');
    table.store(1, 5, record(3));
    expect(table.size).toBe(2);
  });

  it('forgets an older life of a member and refuses its operations', () => {
    const table = new ResultsTable();
    table.store(1, 5, record(7));
    table.raise(1, 6, 1);
    expect(table.find(1, 5, 7)).toBe('stale');
    expect(table.find(1, 6, 7)).toBeUndefined();
    table.keepOnly(() => false);
    expect(table.size).toBe(0);
  });

  it('takes records in any order, and leaves those that still wait when it prunes around them', () => {
    const table = new ResultsTable();
    const waiting = { ...record(3), pending: {} as PendingWrite };
    for (const each of [record(9), record(2), waiting, record(7), record(5)]) table.store(1, 5, each);
    for (const counter of [2, 3, 5, 7, 9]) expect(table.find(1, 5, counter)).toMatchObject({ counter });
    for (const counter of [1, 4, 8, 10]) expect(table.find(1, 5, counter)).toBeUndefined();
    table.raise(1, 5, 7);
    expect(table.size).toBe(3);
    Object.assign(waiting, { pending: null });
    table.raise(1, 5, 8);
    expect(table.size).toBe(1);
    table.forget(1, 5, 9);
    expect(table.size).toBe(0);
  });

  it('keeps answers without effect only as long as this member is primary', () => {
    const table = new ResultsTable();
    table.store(1, 5, { ...record(7), replicated: false });
    table.store(1, 5, record(8));
    expect([...table.replicated()].map(({ record: { counter } }) => counter)).toEqual([8]);
    table.forgetLocal();
    expect(table.find(1, 5, 7)).toBeUndefined();
  });
});
