import type { InspectedCluster } from '@keygrid/grid';
import type { Command } from '../command.ts';
import { renderTable } from '../table.ts';
import { clusterCommand, inspected, jsonArgument } from './inspect.ts';

/** One line a member, the oldest first. */
export function renderMembers({ members }: InspectedCluster): string {
  return renderTable(
    ['NAME', 'STATE', 'BEATING', 'COORDINATOR', 'ADDRESS', 'SITE', 'RACK', 'MACHINE'],
    members.map((member) => [
      member.name,
      member.state,
      member.beating ? 'yes' : 'no',
      member.coordinator ? 'yes' : '',
      member.address,
      member.site ?? '-',
      member.rack ?? '-',
      member.machine ?? '-',
    ]),
  );
}

export const clusterMembers: Command = {
  ...clusterCommand,
  name: 'cluster members',
  summary: 'Lists the members of the cluster with their addresses, sites, racks and machines.',
  arguments: [jsonArgument],
  async run(input) {
    const cluster = await inspected(input);
    input.terminal.out(input.arguments.has('json') ? `${JSON.stringify(cluster.members, undefined, 2)}\n` : `${renderMembers(cluster)}\n`);
    return 0;
  },
};
