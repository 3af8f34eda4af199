import { type InspectedCluster, type Spread, spreadOf } from '@keygrid/grid';
import type { Command } from '../command.ts';
import { renderTable } from '../table.ts';
import { clusterCommand, inspected, jsonArgument } from './inspect.ts';

/** Owners of the caches that lose data with their last copy. */
const OWNERS = 2;
const POSITIONS = 3;

interface OwnedBy {
  readonly name: string;
  /** Segments of which it is the first, second and third owner. */
  readonly segments: readonly number[];
}

function ownedByEach({ members, table }: InspectedCluster): OwnedBy[] {
  return members.map(({ id, name }) => ({
    name,
    segments: Array.from({ length: POSITIONS }, (_, position) => table.filter((owners) => owners[position] === id).length),
  }));
}

function spreadLines({ places, shared }: Spread): string[] {
  return (['site', 'rack', 'machine'] as const).map((level) => {
    const found = `${places[level]} ${level}${places[level] === 1 ? '' : 's'}`;
    if (places[level] < OWNERS) return `${found}: all copies are in the same place.`;
    return shared[level] === 0
      ? `${found}: no segment has both copies in one ${level}.`
      : `${found}: ${shared[level]} ${shared[level] === 1 ? 'segment has' : 'segments have'} both copies in one ${level}.`;
  });
}

function segmentLines({ members, table }: InspectedCluster): string {
  const names = new Map(members.map(({ id, name }) => [id, name]));
  return renderTable(
    ['SEGMENT', 'OWNERS'],
    table.map((owners, segment) => [String(segment), owners.map((id) => names.get(id) ?? String(id)).join(', ')]),
  );
}

export const clusterOwners: Command = {
  ...clusterCommand,
  name: 'cluster owners',
  summary: 'Shows how the segments are spread over members, sites, racks and machines.',
  arguments: [jsonArgument, { name: 'segments', help: 'Lists the owners of every segment, the primary first.' }],
  async run(input) {
    const cluster = await inspected(input, false);
    const owned = ownedByEach(cluster);
    const spread = spreadOf(cluster.table, cluster.members, OWNERS);
    if (input.arguments.has('json')) {
      const segments = input.arguments.has('segments') ? { segments: cluster.table } : {};
      input.terminal.out(`${JSON.stringify({ cluster: cluster.name, epoch: cluster.epoch, owned, spread, ...segments }, undefined, 2)}\n`);
      return 0;
    }
    const text = [
      renderTable(
        ['MEMBER', 'PRIMARY', 'SECOND', 'THIRD'],
        owned.map(({ name, segments }) => [name, ...segments.map(String)]),
      ),
      '',
      ...spreadLines(spread),
      ...(input.arguments.has('segments') ? ['', segmentLines(cluster)] : []),
    ].join('\n');
    input.terminal.out(`${text}\n`);
    return 0;
  },
};
