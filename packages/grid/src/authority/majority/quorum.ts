import { coordinatorOf } from '../../membership/rebalance.ts';
import type { MemberId, ViewBody } from '../../protocol/types.ts';

/**
 * Whether these members may decide what follows the view: more than half of it, or exactly half with its coordinator. Any two such sets of one view
 * have a member in common, which is what makes every epoch unique.
 */
export function isQuorum(view: ViewBody, ids: ReadonlySet<MemberId>): boolean {
  const present = view.members.filter(({ id }) => ids.has(id)).length * 2;
  const coordinator = coordinatorOf(view);
  return present > view.members.length || (present === view.members.length && coordinator !== undefined && ids.has(coordinator));
}
