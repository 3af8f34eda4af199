import { describe, expect, it } from 'vitest';
import { spreadOf } from './spread.ts';

const members = [
  { id: 1, site: 'a', machine: 'm1' },
  { id: 2, site: 'a', machine: 'm2' },
  { id: 3, site: 'b', machine: 'm1' },
];

describe('the spread of owners', () => {
  it('counts the segments whose owners share a place that they need not share', () => {
    const table = [
      [1, 3],
      [2, 3],
      [1, 2],
    ];
    expect(spreadOf(table, members, 2)).toEqual({
      places: { site: 2, rack: 2, machine: 3 },
      shared: { site: 1, rack: 1, machine: 0 },
    });
  });

  it('blames nobody for a place that all share', () => {
    const together = members.map(({ id }) => ({ id, site: 'a', rack: 'r', machine: 'm' }));
    expect(spreadOf([[1, 2]], together, 2).shared).toEqual({ site: 0, rack: 0, machine: 0 });
    expect(spreadOf([[1, 2, 3]], members, 3).shared.site).toBe(0);
  });
});
