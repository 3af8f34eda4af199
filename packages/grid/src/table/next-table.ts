import { type Labels, MAX_OWNERS, type MemberId, type MemberState, type OwnerTable, SEGMENTS } from '../protocol/types.ts';
import { interchangeable, placesOf } from './diversity.ts';
import { fill } from './fill.ts';
import { improve } from './improve.ts';
import { evenOutByLeastMoves } from './least-moves.ts';
import { Level } from './level.ts';
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
  const places = placesOf(able.map((member) => member.labels));
  const anySetWillDo = interchangeable(places);
  const owners = Math.min(maxOwners, able.length);
  const former = inNumbers(previous, able);
  const level = new Level(places);
  for (let size = Math.min(2, owners); size <= owners; size += 1) {
    // Cut to size before the dead are taken out: the third owner holds no copy of a two-owner cache, so it is no better heir than others.
    for (let segment = 0; segment < former.length; segment += 1) keep(level, segment, former[segment] as number[], size);
    fill(level, size);
    if (!anySetWillDo) improve(level, size);
    else if (size < able.length) evenOutByLeastMoves(level);
    if (level.fixed === 0) balancePrimaries(level.sets, able.length);
    level.fixed = size;
  }
  return level.sets.map((set) => set.map((member) => (able[member] as TableMember).id));
}

/** Former owners by their places among the members that can own, -1 for whoever cannot any more. */
function inNumbers(previous: OwnerTable | undefined, able: readonly TableMember[]): number[][] {
  const numberOf = new Map(able.map((member, index) => [member.id, index]));
  return (previous ?? []).map((owners) => owners.map((id) => numberOf.get(id) ?? -1));
}

/** The former owners of a segment keep it as far as there is room. */
function keep(level: Level, segment: number, former: readonly number[], size: number): void {
  const set = level.sets[segment] as number[];
  for (let index = 0; index < former.length && index < size; index += 1) {
    const member = former[index] as number;
    if (member === -1) continue;
    level.markHeld(segment, member);
    if (set.length < size && !level.holds(segment, member)) level.add(segment, member);
  }
}

/** Whether two tables give every segment the same owners in the same order. */
export function sameTable(left: OwnerTable, right: OwnerTable): boolean {
  return left.length === right.length && left.every((owners, segment) => sameOwners(owners, right[segment] ?? []));
}

function sameOwners(left: readonly MemberId[], right: readonly MemberId[]): boolean {
  return left.length === right.length && left.every((id, index) => id === right[index]);
}
