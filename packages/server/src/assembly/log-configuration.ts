import type { GridNode } from '@keygrid/grid';
import { renderAppliedConfiguration } from '../cache/applied-configuration.ts';
import type { CacheFile } from '../config/cache-file/cache-file.ts';
import { systemSurroundings } from '../config/cache-file/system-surroundings.ts';
import { formsCluster, sharesState } from '../config/cluster-mode.ts';
import type { Configuration } from '../config/configuration.ts';
import { memberNames } from '../config/member-names.ts';
import { configuredStack } from '../config/stack/configured-stack.ts';
import { logCategories } from '../observability/log-catalogue.ts';
import type { Logger } from '../observability/logger.ts';
import type { StateSettings } from '../session/state-settings.ts';

const olderSiteOption = 'spi-connections-infinispan--quarkus--site-name';

export interface LoggedConfiguration {
  readonly configuration: Configuration;
  readonly file: CacheFile;
  readonly settings: StateSettings;
  readonly grid: GridNode;
  readonly logger: Logger;
}

/** Says who this node is, and at debug with what configuration it runs, under the categories that Keycloak's guide names. */
export function logConfiguration({ configuration, file, settings, grid, logger }: LoggedConfiguration): void {
  const clustered = formsCluster(configuration);
  const provider = logger.of(logCategories.connectionProvider.name);
  const configurator = logger.of(logCategories.cacheConfigurator.name);
  const transport = logger.of(logCategories.transportConfigurator.name);
  const { site, rack, machine } = memberNames(configuration, file);
  const stack = clustered ? configuredStack(configuration, systemSurroundings(), file) : undefined;
  configurator.debug('Configuring embedded local caches');
  if (clustered) {
    const sessions = settings.persistentUserSessions ? 'persistent' : 'volatile';
    configurator.debug(`Configuring session cache (${sessions} user sessions)`);
    if (stack?.discovery.kind === 'database') transport.info('JGroups JDBC_PING discovery enabled.');
    if (stack !== undefined && stack.tls.kind !== 'off') transport.info('JGroups Encryption enabled (mTLS).');
    if (configuration.isSet(olderSiteOption) && !configuration.isSet('spi-cache-embedded--default--site-name'))
      provider.warn(`The option '${olderSiteOption}' is an older spelling: use 'spi-cache-embedded--default--site-name'.`);
  }
  if (sharesState(configuration))
    provider.info(`Node name: ${grid.name}, Site name: ${site ?? 'null'}, Cluster name: ${settings.clusterName}`);
  if (!provider.isEnabled('debug')) return;
  const text = renderAppliedConfiguration({
    transport: clustered
      ? {
          stack: stack?.name ?? 'jdbc-ping',
          cluster: settings.clusterName,
          nodeName: grid.name,
          site,
          rack,
          machine,
        }
      : undefined,
    statistics: configuration.get('metrics-enabled'),
    histograms: configuration.get('cache-metrics-histograms-enabled'),
    caches: Object.values(settings.caches.caches),
  });
  provider.debug(`Infinispan configuration:\n${text}\n`);
}
