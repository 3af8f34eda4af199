import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OwnerTable } from '../protocol/types.ts';
import { MAX_OWNERS, SEGMENTS } from '../protocol/types.ts';
import { diversity, placesOf } from './diversity.ts';
import { nextTable, type TableMember } from './next-table.ts';

const plain = (...ids: number[]): TableMember[] => ids.map((id) => ({ id, labels: {}, state: 'active' }));
const onOwnMachines = (...ids: number[]): TableMember[] => ids.map((id) => ({ id, labels: { machine: `m${id}` }, state: 'active' }));
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

function loads(table: OwnerTable, ids: readonly number[], owners: number): number[] {
  const lists = table.flatMap((list) => list.slice(0, owners));
  return ids.map((id) => lists.filter((owner) => owner === id).length);
}
const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
function moved(before: OwnerTable, after: OwnerTable, owners: number): number {
  return after.reduce(
    (sum, list, segment) => sum + list.slice(0, owners).filter((id) => !before[segment]?.slice(0, owners).includes(id)).length,
    0,
  );
}
const label = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined });
const members = fc
  .array(fc.record({ site: label, rack: label, machine: label }), { minLength: 1, maxLength: 8 })
  .map((labels) => labels.map((each, index): TableMember => ({ id: index + 1, labels: each, state: 'active' })));

function bestDiversity(list: readonly TableMember[], owners: number): number {
  const places = placesOf(list.map((member) => member.labels));
  const grow = (set: readonly number[], from: number): number =>
    set.length === Math.min(owners, list.length)
      ? diversity(places, set)
      : Math.max(0, ...list.slice(from).map((_, offset) => grow([...set, from + offset], from + offset + 1)));
  return grow([], 0);
}

describe('nextTable', () => {
  it('gives every segment min(owners, members) distinct owners of the greatest diversity, after any history (T1, T2)', () => {
    fc.assert(
      fc.property(members, fc.array(fc.nat(255), { maxLength: 3 }), (all, masks) => {
        let table: OwnerTable | undefined;
        for (const mask of [...masks, 255]) {
          const present = all.filter((_, index) => (mask & (1 << index)) !== 0);
          if (present.length === 0) continue;
          table = nextTable(table, present);
          const places = placesOf(present.map((member) => member.labels));
          const best = range(7).map((owners) => bestDiversity(present, owners));
          for (const list of table) {
            expect(new Set(list).size).toBe(Math.min(MAX_OWNERS, present.length));
            const set = list.map((id) => present.findIndex((member) => member.id === id));
            expect(range(7).map((owners) => diversity(places, set.slice(0, owners)))).toEqual(best);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('evens out third owners by a chain where no single replacement does (a leave from seven members)', () => {
    let table = nextTable(undefined, plain(1, 2, 3));
    for (const ids of [range(4), range(5), range(6), range(7), [1, 2, 3, 4, 5, 7]]) table = nextTable(table, plain(...ids));
    expect(spread(loads(table, [1, 2, 3, 4, 5, 7], 3))).toBeLessThanOrEqual(1);
  });

  const counts = [2, 3, 4, 5, 6, 7];
  const steps = fc.array(fc.nat(11), { maxLength: 5 });

  it('spreads copies of caches with 1 to 7 owners within one of each other when any set of owners will do (T3), and moves no more than it must (T4)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, fc.boolean(), (count, wanted, ownMachines) => {
        const members = (...those: number[]) => (ownMachines ? onOwnMachines(...those) : plain(...those));
        let ids = range(count);
        let next = count + 1;
        let table = nextTable(undefined, members(...ids));
        for (const step of [11, ...wanted]) {
          const leaver = step < ids.length && ids.length > 1 ? ids[step] : undefined;
          const before = table;
          ids = leaver === undefined ? [...ids, next++] : ids.filter((id) => id !== leaver);
          table = nextTable(before, members(...ids));
          const n = ids.length;
          for (const owners of [1, ...counts]) expect(spread(loads(table, ids, owners)), `owners ${owners} of ${n}`).toBeLessThanOrEqual(1);
          for (const owners of counts) {
            if (n < owners || (leaver === undefined && n === owners)) continue;
            const limit = leaver === undefined ? Math.ceil((SEGMENTS * owners) / n) : (loads(before, [leaver], owners)[0] ?? 0);
            expect(moved(before, table, owners), `owners ${owners} of ${n}, leaver ${leaver}`).toBeLessThanOrEqual(limit + n);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is a function of its arguments alone (T5)', () => {
    fc.assert(
      fc.property(members, (all) => {
        const compute = () => nextTable(nextTable(undefined, all), all.slice(1));
        expect(compute()).toEqual(compute());
      }),
      { numRuns: 20 },
    );
  });

  it('keeps a table that is good already', () => {
    const table = nextTable(undefined, plain(...range(5)));
    expect(nextTable(table, plain(...range(5)))).toEqual(table);
  });

  it('fills lists that a table of fewer owners had', () => {
    const short = nextTable(undefined, plain(...range(5)), 3);
    const table = nextTable(short, plain(...range(5)));
    expect(table.map((list) => list.slice(0, 3))).toEqual(short);
    expect(table.every((list) => new Set(list).size === 5)).toBe(true);
  });

  it('gives leaving and revoked members nothing', () => {
    const list: TableMember[] = [...plain(1, 2), { id: 3, labels: {}, state: 'leaving' }, { id: 4, labels: {}, state: 'revoked' }];
    expect(new Set(nextTable(nextTable(undefined, plain(1, 2, 3, 4)), list).flat())).toEqual(new Set([1, 2]));
    expect(nextTable(undefined, [{ id: 1, labels: {}, state: 'leaving' }]).flat()).toEqual([]);
  });

  it('puts one copy of every segment on each of two sites, whatever their sizes', () => {
    const site = (id: number, name: string): TableMember => ({ id, labels: { site: name }, state: 'active' });
    const table = nextTable(undefined, [site(1, 'east'), site(2, 'east'), site(3, 'east'), site(4, 'west')]);
    expect(loads(table, [4], 2)).toEqual([SEGMENTS]);
    expect(spread(loads(table, [1, 2, 3], 2))).toBeLessThanOrEqual(1);
    expect(spread(loads(table, [1, 2, 3, 4], 1))).toBeLessThanOrEqual(1);
  });
});
