import type { CacheFile } from './cache-file/cache-file.ts';
import type { Configuration } from './configuration.ts';

/** What this node and its cluster are called: options first, then the transport element of the cache configuration file. */
export interface MemberNames {
  /** Undefined: host name and a random number. */
  readonly nodeName: string | undefined;
  readonly clusterName: string;
  readonly site: string | undefined;
  readonly rack: string | undefined;
  readonly machine: string | undefined;
}

export const defaultClusterName = 'ISPN';

export function memberNames(configuration: Configuration, { transport }: CacheFile): MemberNames {
  const clusterOption = 'spi-cache-embedded--default--cluster-name';
  return {
    nodeName: configuration.get('spi-cache-embedded--default--node-name') ?? transport.nodeName,
    clusterName: (configuration.isSet(clusterOption) ? configuration.get(clusterOption) : transport.cluster) ?? defaultClusterName,
    site:
      configuration.get('spi-cache-embedded--default--site-name') ??
      configuration.get('spi-connections-infinispan--quarkus--site-name') ??
      transport.site,
    rack: configuration.get('spi-cache-embedded--default--rack-name') ?? transport.rack,
    machine: configuration.get('spi-cache-embedded--default--machine-name') ?? transport.machine,
  };
}
