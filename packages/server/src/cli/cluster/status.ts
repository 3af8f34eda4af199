import type { Command } from '../command.ts';
import { clusterCommand, healthOf, inspected, jsonArgument } from './inspect.ts';
import { renderMembers } from './members.ts';

export const clusterStatus: Command = {
  ...clusterCommand,
  name: 'cluster status',
  summary: 'Says whether the cluster is healthy, and who belongs to it. Exit code 1 where a member does not beat.',
  arguments: [jsonArgument],
  async run(input) {
    const cluster = await inspected(input);
    const { name, epoch, timeline, phase, members } = cluster;
    const health = healthOf(cluster);
    const text = [
      `Cluster '${name}' is ${health}: epoch ${epoch} on timeline ${timeline}, phase ${phase}, ${members.length} member${members.length === 1 ? '' : 's'}.`,
      '',
      renderMembers(cluster),
    ].join('\n');
    const json = { cluster: name, health, epoch, timeline, phase, members };
    input.terminal.out(input.arguments.has('json') ? `${JSON.stringify(json, undefined, 2)}\n` : `${text}\n`);
    return health === 'HEALTHY' || health === 'HEALTHY_REBALANCING' ? 0 : 1;
  },
};
