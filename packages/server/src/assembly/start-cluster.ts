import { Grid, type GridHooks, type GridLogLine, type GridNode, type GridOptions, gridLogCodes, type LogCode } from '@keygrid/grid';
import { fileNotes, overrideWarning } from '../cache/file-rules.ts';
import type { CacheFile } from '../config/cache-file/cache-file.ts';
import { systemSurroundings } from '../config/cache-file/system-surroundings.ts';
import { formsCluster } from '../config/cluster-mode.ts';
import type { Configuration } from '../config/configuration.ts';
import { type DatabaseTarget, databaseConnection } from '../config/database-url.ts';
import { type MemberNames, memberNames } from '../config/member-names.ts';
import { configuredStack } from '../config/stack/configured-stack.ts';
import { describeStack } from '../config/stack/describe.ts';
import { readStores } from '../config/stack/key-stores.ts';
import type { StackSettings, StackTls } from '../config/stack/stack-settings.ts';
import { systemClock } from '../model/clock.ts';
import { logCategories } from '../observability/log-catalogue.ts';
import type { Logger } from '../observability/logger.ts';
import type { ServerConfigStore } from '../store/stores.ts';
import { resolveBindAddress } from './bind-address.ts';
import { discoveryOptions } from './discovery-options.ts';
import { ownCacheOptions } from './own-caches.ts';

function logTo(logger: Logger): (line: GridLogLine) => void {
  const cluster = logger.of('org.infinispan.CLUSTER');
  const byCode = new Map(Object.entries<LogCode>(gridLogCodes).map(([code, { category }]) => [code, logger.of(category)]));
  return (line) => (byCode.get(line.code ?? '') ?? cluster)[line.level](line.message);
}

/** What the options of the grid are made from. */
export interface ClusterInput {
  readonly target: DatabaseTarget;
  readonly certificates: ServerConfigStore;
  readonly names: MemberNames;
  readonly stack: StackSettings;
  readonly file: CacheFile;
  readonly logger: Logger;
  /** Ends a start that still waits. */
  readonly signal?: AbortSignal | undefined;
}

/** Certificates of the operator's own, or those that the members share. */
async function tlsOptions(tls: StackTls, certificates: ServerConfigStore, logger: Logger): Promise<GridOptions['tls']> {
  if (tls.kind === 'off') return 'off';
  if (tls.kind === 'shared') return { store: certificates, rotationIntervalDays: tls.rotationIntervalDays };
  const { warnings, ...credentials } = await readStores(tls, systemClock.nowMs());
  for (const warning of warnings) logger.of(logCategories.transportConfigurator.name).warn(warning);
  return credentials;
}

/** The options of the grid for `cache=ispn`: the database arbitrates, certificates stand in SERVER_CONFIG. */
export async function clusterOptions({ target, certificates, names, stack, file, logger, signal }: ClusterInput): Promise<GridOptions> {
  const { transport } = stack;
  return {
    nodeName: names.nodeName,
    clusterName: names.clusterName,
    authority: {
      kind: 'postgres',
      connection: databaseConnection(target),
    },
    bindAddress: await resolveBindAddress(transport.bindAddress, stack.addressFamilies),
    bindPort: transport.bindPort,
    bindPortRange: transport.portRange,
    transport: transport.kind,
    discovery: discoveryOptions(stack.discovery),
    stackName: stack.name,
    externalAddress: transport.externalAddress,
    externalPort: transport.externalPort,
    failureDetection: stack.failureDetection.enabled ? stack.failureDetection : 'off',
    labels: { site: names.site, rack: names.rack, machine: names.machine },
    tls: await tlsOptions(stack.tls, certificates, logger),
    caches: ownCacheOptions(file),
    log: logTo(logger),
    signal,
    // A node that is kept out says why and stays unready; whoever runs it decides how long to wait.
    startTimeoutMs: Number.POSITIVE_INFINITY,
  };
}

function sayWhatTheFileMeans(configuration: Configuration, file: CacheFile, logger: Logger): void {
  const log = logger.of('org.keycloak.spi.infinispan.impl.embedded');
  const override = overrideWarning(file.caches);
  if (override !== undefined && !configuration.get('cache-config-mutate')) log.warn(override);
  const notes = [...file.notes, ...fileNotes(file.caches)];
  if (notes.length > 0)
    log.warn(`The following parts of ${file.name} have no effect in this server:\n${notes.map((line) => `\t- ${line}`).join('\n')}`);
}

/** Starts this node's share of the grid: a member of the cluster, or (cache=local) alone in memory. */
export async function startCluster(
  configuration: Configuration,
  file: CacheFile,
  target: DatabaseTarget,
  certificates: ServerConfigStore,
  logger: Logger,
  signal?: AbortSignal,
  hooks?: GridHooks,
): Promise<GridNode> {
  const names = memberNames(configuration, file);
  sayWhatTheFileMeans(configuration, file, logger);
  if (!formsCluster(configuration)) {
    return Grid.start({ nodeName: names.nodeName, caches: ownCacheOptions(file), log: logTo(logger), hooks });
  }
  const stack = configuredStack(configuration, systemSurroundings(), file);
  const log = logger.of(logCategories.transportConfigurator.name);
  log.debug(describeStack(stack));
  for (const warning of stack.warnings) log.warn(warning);
  return Grid.start({ ...(await clusterOptions({ target, certificates, names, stack, file, logger, signal })), hooks });
}
