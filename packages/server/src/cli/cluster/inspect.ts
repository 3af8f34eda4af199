import type { InspectedCluster } from '@keygrid/grid';
import { families } from '../../config/options/index.ts';
import { ServerError } from '../../http/errors.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Command, CommandInput } from '../command.ts';

/** Shared by the commands that look at a cluster from outside, through its database. */
export const clusterCommand = {
  mode: 'nonserver',
  families: [families.database, families.features, families.logging, families.spi, families.withoutEffect],
  takesPositionals: false,
  demands: true,
} as const satisfies Partial<Command>;

export const jsonArgument = { name: 'json', help: 'Prints one JSON object instead of text for people.' } as const;

export type ClusterHealth = 'HEALTHY' | 'HEALTHY_REBALANCING' | 'DEGRADED' | 'FAILED';

/** The command's output is what it prints; lines about an embedded database would stand in between. */
function withoutInformation(logger: Logger): Logger {
  return {
    ...logger,
    isEnabled: (level) => level !== 'info' && logger.isEnabled(level),
    info: () => undefined,
    of: (category) => withoutInformation(logger.of(category)),
  };
}

/** Reads the cluster that the options name; without `watch` it is not known who beats. Throws where there is none, with the names of those that there are. */
export async function inspected({ configuration, logger, services }: CommandInput, watch = true): Promise<InspectedCluster> {
  await using database = await services.openDatabase(configuration, withoutInformation(logger));
  const name = configuration.get('spi-cache-embedded--default--cluster-name');
  const cluster = await services.inspectCluster(database.target, name, watch);
  if (cluster.members.length > 0) return cluster;
  const others = cluster.clusters.filter((one) => one !== name);
  const hint =
    others.length === 0
      ? "No node has joined a cluster in this database, or all have left it. Nodes with cache=local, external caches or the feature 'stateless' join none."
      : `This database knows ${others.map((one) => `'${one}'`).join(', ')}: name one with --spi-cache-embedded--default--cluster-name=<name>.`;
  throw new ServerError('KG_CLUSTER_EMPTY', `The cluster '${name}' has no members. ${hint}`);
}

/** As `serverinfo` words it, from outside: a member that does not beat cannot prove its lease. */
export function healthOf({ members, phase }: InspectedCluster): ClusterHealth {
  if (!members.some((member) => member.state === 'active' && member.beating)) return 'FAILED';
  if (members.some((member) => !member.beating)) return 'DEGRADED';
  return phase === 'STABLE' && members.every((member) => member.state === 'active') ? 'HEALTHY' : 'HEALTHY_REBALANCING';
}

/** Segments that a rebalance still brings to an owner that has none of them now. */
export function segmentsToMove({ table, target }: InspectedCluster): number {
  if (target === undefined) return 0;
  return target.filter((owners, segment) => owners.some((owner) => !(table[segment] ?? []).includes(owner))).length;
}
