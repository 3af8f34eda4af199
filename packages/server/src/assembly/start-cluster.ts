import { Grid, type GridLogLine, type GridNode, type GridOptions } from '@keygrid/grid';
import type { Configuration } from '../config/configuration.ts';
import { type DatabaseTarget, sslSettings } from '../config/database-url.ts';
import type { Logger } from '../observability/logger.ts';
import type { ServerConfigStore } from '../store/stores.ts';
import { defaultBindAddress, resolveBindAddress } from './bind-address.ts';

const DEFAULT_BIND_PORT = 7_800;

function logTo(logger: Logger): (line: GridLogLine) => void {
  const cluster = logger.of('org.infinispan.CLUSTER');
  const transport = logger.of('org.jgroups');
  return (line) => (line.code?.startsWith('JGRP') === true ? transport : cluster)[line.level](line.message);
}

/** A number among the -D properties of JGroups, where the option does not say. */
function systemNumber(configuration: Configuration, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const text = configuration.systemProperty(name);
    if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  }
  return undefined;
}

/** The options of the grid for `cache=ispn`: the database arbitrates, certificates stand in SERVER_CONFIG. */
export function clusterOptions(
  configuration: Configuration,
  target: DatabaseTarget,
  certificates: ServerConfigStore,
  logger: Logger,
): GridOptions {
  const [host] = target.hosts;
  const address =
    configuration.get('cache-embedded-network-bind-address') ??
    configuration.systemProperty('jgroups.bind.address') ??
    configuration.systemProperty('jgroups.bind_addr');
  return {
    nodeName: configuration.get('spi-cache-embedded--default--node-name'),
    clusterName: configuration.get('spi-cache-embedded--default--cluster-name'),
    authority: {
      kind: 'postgres',
      connection: {
        host: host?.host,
        port: host?.port,
        database: target.database,
        user: target.user,
        password: target.password,
        ssl: sslSettings(target),
        ...(target.schema === undefined ? {} : { options: `-c search_path=${target.schema}` }),
      },
    },
    bindAddress: address === undefined ? defaultBindAddress() : resolveBindAddress(address),
    bindPort:
      configuration.get('cache-embedded-network-bind-port') ??
      systemNumber(configuration, 'jgroups.bind.port', 'jgroups.bind_port') ??
      DEFAULT_BIND_PORT,
    externalAddress: configuration.get('cache-embedded-network-external-address') ?? configuration.systemProperty('jgroups.external_addr'),
    externalPort: configuration.get('cache-embedded-network-external-port') ?? systemNumber(configuration, 'jgroups.external_port'),
    labels: {
      site: configuration.get('spi-cache-embedded--default--site-name'),
      rack: configuration.get('spi-cache-embedded--default--rack-name'),
      machine: configuration.get('spi-cache-embedded--default--machine-name'),
    },
    tls: configuration.get('cache-embedded-mtls-enabled')
      ? { store: certificates, rotationIntervalDays: configuration.get('cache-embedded-mtls-rotation-interval-days') }
      : 'off',
    log: logTo(logger),
  };
}

/** Starts this node's share of the grid: a member of the cluster, or (cache=local) alone in memory. */
export function startCluster(
  configuration: Configuration,
  target: DatabaseTarget,
  certificates: ServerConfigStore,
  logger: Logger,
): Promise<GridNode> {
  if (configuration.get('cache') === 'local') {
    return Grid.start({ nodeName: configuration.get('spi-cache-embedded--default--node-name'), log: logTo(logger) });
  }
  return Grid.start(clusterOptions(configuration, target, certificates, logger));
}
