import type { MemberRow } from '../authority/authority.ts';
import { heirs } from '../protocol/owners.ts';
import type { MemberId, MemberRecord, MemberState, OwnerTable, ViewBody } from '../protocol/types.ts';
import { nextTable, sameTable } from '../table/next-table.ts';

/** Pure steps from one view to the next; each result is one epoch. Writers of the new epoch contain the surviving readers of the old one (T6). */

export function recordOf(row: MemberRow, state: MemberState): MemberRecord {
  return { id: row.id, incarnation: row.incarnation, name: row.name, address: row.address, labels: row.labels, state };
}

/** The first view of a lineage, or the one after everybody died: one active member and an empty table filled for it. */
export function soloView(timeline: number, epoch: number, row: MemberRow): ViewBody {
  const members = [recordOf(row, 'active')];
  return { timeline, epoch, members, phase: 'STABLE', table: nextTable(undefined, members), target: null };
}

/** In whose order members propose: active ones first, oldest first. Revoked ones do not propose. */
export function proposers(view: ViewBody): MemberId[] {
  const of = (state: MemberState) => view.members.filter((member) => member.state === state).map((member) => member.id);
  return [...of('active'), ...of('leaving'), ...of('joining')];
}

export function coordinatorOf(view: ViewBody): MemberId | undefined {
  return proposers(view)[0];
}

/** Whether a leaver has nobody to hand over to. */
export function nobodyStays(view: ViewBody | undefined, self: MemberId, rows: ReadonlyMap<MemberId, MemberRow>): boolean {
  return !view?.members.some(({ id, state }) => id !== self && state !== 'leaving' && rows.get(id)?.state === 'alive');
}

const prune = (table: OwnerTable, gone: ReadonlySet<MemberId>): OwnerTable => table.map((owners) => owners.filter((id) => !gone.has(id)));
const anyAble = (members: readonly MemberRecord[]) => members.some((member) => member.state === 'active' || member.state === 'joining');
const orElse = (table: OwnerTable, other: OwnerTable): OwnerTable =>
  table.map((owners, segment) => (owners.length > 0 ? owners : (other[segment] ?? [])));

/** Starts or redirects a COPY so that it leads to what `members` deserve. */
function copyTowards(view: ViewBody, members: readonly MemberRecord[], table: OwnerTable, base: OwnerTable): ViewBody {
  const epoch = view.epoch + 1;
  if (!anyAble(members)) return { ...view, epoch, members, phase: 'STABLE', table, target: null };
  const target = nextTable(base, members);
  // A segment without any living owner starts empty at the owners that it gets.
  return { ...view, epoch, members, phase: 'COPY', table: orElse(table, target), target };
}

/**
 * Takes the dead out; a COPY restores the number of copies. It does so in SWITCH too: the next owners alone may lack what survives with the
 * former ones, so the phase cannot simply go on.
 */
export function withoutMembers(view: ViewBody, gone: ReadonlySet<MemberId>): ViewBody {
  const members = view.members.filter((member) => !gone.has(member.id));
  const { table, target } = view;
  const current =
    view.phase === 'SWITCH' && target !== null
      ? table.map((owners, segment) => heirs(owners, target[segment] ?? [], gone))
      : prune(table, gone);
  const fall = view.phase === 'SWITCH' ? { epoch: view.epoch + 1, gone: [...gone] } : view.fall;
  return copyTowards({ ...view, fall }, members, current, prune(target ?? table, gone));
}

/** Joiners come in, leavers lose their share; not during SWITCH. */
export function withChanges(view: ViewBody, joiners: readonly MemberRecord[], leaving: ReadonlySet<MemberId>): ViewBody {
  const members = [
    ...view.members.map((member) => (leaving.has(member.id) ? { ...member, state: 'leaving' as const } : member)),
    ...joiners,
  ];
  return copyTowards(view, members, view.table, view.target ?? view.table);
}

/** The verdict: these members are cut off from the others. Tables stay until their leases have ended. */
export function withVerdict(view: ViewBody, revoked: ReadonlySet<MemberId>): ViewBody {
  const members = view.members.map((member) => (revoked.has(member.id) ? { ...member, state: 'revoked' as const } : member));
  return { ...view, epoch: view.epoch + 1, members };
}

/** The next phase, once every member has confirmed this one. */
export function advanced(view: ViewBody): ViewBody {
  const epoch = view.epoch + 1;
  if (view.phase === 'COPY') return { ...view, epoch, phase: 'SWITCH', fall: undefined };
  const members = view.members
    .filter((member) => member.state !== 'leaving')
    .map((member) => (member.state === 'joining' ? { ...member, state: 'active' as const } : member));
  return { ...view, epoch, members, phase: 'STABLE', table: view.target ?? view.table, target: null, fall: undefined };
}

/** A STABLE view whose table is not what its members deserve needs a rebalance; undefined if all is well. */
export function rebalanced(view: ViewBody): ViewBody | undefined {
  if (view.phase !== 'STABLE' || !anyAble(view.members)) return undefined;
  const settled = view.members.every((member) => member.state === 'active');
  if (settled && sameTable(nextTable(view.table, view.members), view.table)) return undefined;
  return copyTowards(view, view.members, view.table, view.table);
}
