import { type Labels, MAX_OWNERS, type MemberId, type MemberState, type OwnerTable, SEGMENTS } from '../protocol/types.ts';
import { placesOf } from './diversity.ts';
import { fill, improve, type Level } from './level.ts';
import { balancePrimaries } from './primaries.ts';

/** What the table needs to know of a member. */
export interface TableMember {
  readonly id: MemberId;
  readonly labels: Labels;
  readonly state: MemberState;
}

/**
 * The table that follows `previous` once the members are as given: diversity by site, rack and machine first, then even loads, then fewest
 * copies moved, then even primaries (T1-T5). Leaving and revoked members get nothing; without any other member all lists are empty.
 * Pure and deterministic: ties go by member order. The first two owners are settled before the third, so that caches with two owners are
 * balanced too and do not move when only a third owner changes.
 */
export function nextTable(previous: OwnerTable | undefined, members: readonly TableMember[], maxOwners: number = MAX_OWNERS): OwnerTable {
  const able = members.filter((member) => member.state === 'active' || member.state === 'joining');
  if (able.length === 0) return Array.from({ length: SEGMENTS }, () => []);
  const numberOf = new Map(able.map((member, index) => [member.id, index]));
  // Cut to size before the dead are taken out: the third owner holds no copy of a two-owner cache, so it is no better heir than others.
  const kept = (segment: number, size: number): number[] =>
    (previous?.[segment] ?? []).slice(0, size).flatMap((id) => numberOf.get(id) ?? []);
  const places = placesOf(able.map((member) => member.labels));
  const owners = Math.min(maxOwners, able.length);
  let sets: number[][] = Array.from({ length: SEGMENTS }, () => []);
  let fixed = 0;
  for (const size of owners > 2 ? [2, owners] : [owners]) {
    sets = sets.map((set, segment) => [...set, ...kept(segment, size).filter((member) => !set.includes(member))].slice(0, size));
    const load = new Array<number>(able.length).fill(0);
    for (const member of sets.flat()) load[member] = (load[member] as number) + 1;
    const level: Level = { places, sets, load, fixed };
    fill(level, size);
    improve(level);
    if (fixed === 0) balancePrimaries(sets, able.length);
    fixed = size;
  }
  return sets.map((set) => set.map((member) => (able[member] as TableMember).id));
}

/** Whether two tables give every segment the same owners in the same order. */
export function sameTable(left: OwnerTable, right: OwnerTable): boolean {
  return left.length === right.length && left.every((owners, segment) => owners.join() === right[segment]?.join());
}
