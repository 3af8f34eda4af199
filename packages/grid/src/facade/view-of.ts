import type { View } from '../api.ts';
import { coordinatorOf } from '../membership/rebalance.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';

/** Before the first view, and between two lives. */
export const noView: View = { epoch: 0, members: [], phase: 'STABLE' };

/** The view as the program that embeds the grid sees it. */
export function viewOf(body: ViewBody, self: MemberId | undefined): View {
  const coordinator = coordinatorOf(body) ?? body.members[0]?.id;
  return {
    epoch: body.epoch,
    phase: body.phase,
    members: body.members.map((member) => ({
      id: String(member.id),
      name: member.name,
      address: `${member.address.host}:${member.address.port}`,
      coordinator: member.id === coordinator,
      self: member.id === self,
      ...member.labels,
    })),
  };
}
