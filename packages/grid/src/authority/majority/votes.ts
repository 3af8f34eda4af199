import { coordinatorOf } from '../../membership/rebalance.ts';
import type { Address, MemberId, ViewBody } from '../../protocol/types.ts';
import type { MemberRow, RowState } from '../authority.ts';
import { isLater, keyOf, type Vote } from './messages.ts';
import { isQuorum } from './quorum.ts';

/** The newest decided view that any of them knows. */
export function newestView(votes: ReadonlyMap<string, Vote>): ViewBody | null {
  let view: ViewBody | null = null;
  for (const vote of votes.values()) if (isLater(vote.view, view)) view = vote.view;
  return view;
}

/** What the voters know of everybody who is not out, by id. */
export function rowsOf(votes: ReadonlyMap<string, Vote>): MemberRow[] {
  const dropped = new Set([...votes.values()].flatMap((vote) => vote.dropped));
  const rows = new Map<MemberId, MemberRow>();
  for (const vote of votes.values())
    for (const row of vote.rows) {
      const before = rows.get(row.id);
      if (!dropped.has(row.id) && (before === undefined || supersedes(row, before))) rows.set(row.id, row);
    }
  return [...rows.values()].sort((left, right) => left.id - right.id);
}

/** What was told later: rows are numbered by their beats, and their states only go one way. */
function supersedes(row: MemberRow, before: MemberRow): boolean {
  const order: readonly RowState[] = ['alive', 'leaving', 'revoked'];
  return row.beat > before.beat || (row.beat === before.beat && order.indexOf(row.state) > order.indexOf(before.state));
}

/** Enough votes for what is asked about: of the view's members, or of all listed addresses while nobody knows a view. */
export function sufficient(listed: readonly Address[], view: ViewBody | null, votes: readonly (readonly [string, Vote])[]): boolean {
  if (view !== null) return isQuorum(view, new Set(votes.map(([, { id }]) => id)));
  const voters = new Set(votes.map(([address]) => address));
  return listed.every((address) => voters.has(keyOf(address)));
}

/** So many members of the view are gone for good (other processes stand at their addresses) that those left can decide nothing any more. */
export function lineageIsOver(view: ViewBody | null, votes: ReadonlyMap<string, Vote>): boolean {
  if (view === null) return false;
  const left = view.members.filter(({ id, address }) => (votes.get(keyOf(address))?.id ?? id) === id).map(({ id }) => id);
  const ids = new Set(left);
  const coordinator = coordinatorOf(view);
  return !isQuorum(view, ids) && !(coordinator !== undefined && ids.has(coordinator) && ids.size * 2 === view.members.length);
}
