import { describe, expect, it } from 'vitest';
import { readOwners, writeOwners } from '../protocol/owners.ts';
import { type MemberRecord, SEGMENTS, type ViewBody } from '../protocol/types.ts';
import { advanced, rebalanced, soloView, withChanges, withoutMembers, withVerdict } from './rebalance.ts';

const member = (id: number): MemberRecord => ({
  id,
  incarnation: id,
  name: `node-${id}`,
  address: { host: 'host', port: 7_800 + id },
  labels: {},
  state: 'joining',
});
const first = (): ViewBody => soloView(1, 1, { ...member(1), state: 'alive', process: '', beat: 0, heard: [] });
const grown = (ids: readonly number[]): ViewBody => advanced(advanced(withChanges(first(), ids.map(member), new Set())));

/** T6 for caches with so many owners: who could read before and still lives must write now. */
function missingWriters(before: ViewBody, after: ViewBody, owners: number): number {
  const living = new Set(after.members.map(({ id }) => id));
  let missing = 0;
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    const writers = writeOwners(after, segment, owners);
    for (const id of readOwners(before, segment, owners)) if (living.has(id) && !writers.includes(id)) missing += 1;
  }
  return missing;
}

describe('steps from view to view', () => {
  it('take joiners in by COPY, SWITCH and STABLE', () => {
    const copy = withChanges(first(), [member(2)], new Set());
    expect([copy.phase, advanced(copy).phase, advanced(advanced(copy)).phase]).toEqual(['COPY', 'SWITCH', 'STABLE']);
    expect(advanced(advanced(copy)).members.every(({ state }) => state === 'active')).toBe(true);
  });

  it('drop leavers once their data stands elsewhere', () => {
    const copy = withChanges(grown([2, 3]), [], new Set([1]));
    expect(copy.target?.flat()).not.toContain(1);
    expect(advanced(advanced(copy)).members.map(({ id }) => id)).toEqual([2, 3]);
  });

  it('leave a table alone that is what its members deserve', () => {
    expect(rebalanced(grown([2, 3]))).toBeUndefined();
  });

  it('keep the tables until the revoked have lost their leases', () => {
    const view = grown([2, 3]);
    expect(withVerdict(view, new Set([2])).table).toEqual(view.table);
  });

  it('let the writers of every epoch contain the surviving readers of the one before', () => {
    const stable = grown([2, 3, 4]);
    const copy = withChanges(stable, [member(5)], new Set([1]));
    const turn = advanced(copy);
    for (const owners of [1, 2, 3]) {
      expect(missingWriters(stable, copy, owners)).toBe(0);
      expect(missingWriters(copy, turn, owners)).toBe(0);
      expect(missingWriters(turn, advanced(turn), owners)).toBe(0);
      for (const dead of [1, 2, 3, 4, 5]) {
        for (const view of [stable, copy, turn]) expect(missingWriters(view, withoutMembers(view, new Set([dead])), owners)).toBe(0);
      }
    }
  });

  it('say in COPY that a SWITCH fell, and who died in it, until the next SWITCH', () => {
    const turn = advanced(withChanges(grown([2, 3]), [member(4)], new Set()));
    const fallen = withoutMembers(turn, new Set([2]));
    const fall = { epoch: turn.epoch + 1, gone: [2] };
    expect([turn.fall, fallen.fall]).toEqual([undefined, fall]);
    expect([withoutMembers(fallen, new Set([3])).fall, withChanges(fallen, [member(5)], new Set()).fall]).toEqual([fall, fall]);
    expect([advanced(fallen).fall, withoutMembers(advanced(advanced(fallen)), new Set([3])).fall]).toEqual([undefined, undefined]);
  });

  it('leave a segment to a surviving owner when all its next owners and one former owner die in SWITCH', () => {
    const turn = advanced(withChanges(grown([2, 3]), [member(4)], new Set()));
    for (let segment = 0; segment < SEGMENTS; segment += 1) {
      const gone = new Set([...(turn.target?.[segment] ?? []).slice(0, 2), turn.table[segment]?.[1] ?? 0]);
      const survivor = turn.table[segment]?.[0] ?? 0;
      if (gone.has(survivor)) continue;
      expect(readOwners(withoutMembers(turn, gone), segment, 2)[0]).toBe(survivor);
    }
  });
});
