import { setTimeout as sleep } from 'node:timers/promises';
import type { InspectedCluster } from '@keygrid/grid';
import { ConfigurationError } from '../../config/configuration-error.ts';
import type { Command, CommandInput } from '../command.ts';
import { clusterCommand, healthOf, inspected, jsonArgument, segmentsToMove } from './inspect.ts';

const MAX_WAIT_SECONDS = 86_400;
const POLL_MS = 500;

function waitSeconds(input: CommandInput): number | undefined {
  const text = input.arguments.get('wait');
  if (typeof text !== 'string') return undefined;
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_WAIT_SECONDS)
    throw new ConfigurationError(`Invalid value for option '--wait': ${text}. Expected are whole seconds from 1 to ${MAX_WAIT_SECONDS}.`);
  return seconds;
}

function sentence(cluster: InspectedCluster): string {
  const { name, phase } = cluster;
  const changing = cluster.members.filter((member) => member.state !== 'active');
  const who = changing.length === 0 ? '' : ` (${changing.map((member) => `${member.name} ${member.state}`).join(', ')})`;
  if (phase === 'STABLE')
    return changing.length === 0
      ? `Cluster '${name}' is at rest: every segment is served by its owners.`
      : `Cluster '${name}' is about to rebalance${who}.`;
  const toMove = segmentsToMove(cluster);
  return phase === 'COPY'
    ? `Cluster '${name}' copies ${toMove} segments to their new owners${who}; the old ones serve them.`
    : `Cluster '${name}' lets the new owners take over${who}; all copies are made.`;
}

/** Nobody joins, leaves or is dying, and nothing moves. */
function atRest(cluster: InspectedCluster): boolean {
  return healthOf(cluster) === 'HEALTHY';
}

export const clusterRebalance: Command = {
  ...clusterCommand,
  name: 'cluster rebalance',
  summary: 'Shows what moves between members; with --wait, returns when all is at rest, as between two steps of a rolling restart.',
  arguments: [jsonArgument, { name: 'wait', label: 'seconds', help: 'Waits so long for rest; exit code 1 if it does not come.' }],
  async run(input) {
    const seconds = waitSeconds(input);
    const beganMs = performance.now();
    let cluster = await inspected(input);
    while (seconds !== undefined && !atRest(cluster) && performance.now() - beganMs < seconds * 1_000) {
      await sleep(POLL_MS);
      cluster = await inspected(input);
    }
    const { name, epoch, phase } = cluster;
    const json = { cluster: name, epoch, phase, atRest: atRest(cluster), segmentsToMove: segmentsToMove(cluster) };
    input.terminal.out(input.arguments.has('json') ? `${JSON.stringify(json, undefined, 2)}\n` : `${sentence(cluster)}\n`);
    return seconds === undefined || atRest(cluster) ? 0 : 1;
  },
};
