import { isIP } from 'node:net';
import type { DiscoveryOptions } from '@keygrid/grid';
import type { HostAndPort, StackDiscovery } from '../config/stack/stack-settings.ts';

const AZURE_SUFFIX = 'core.windows.net';

/** An address of a machine has no names below it: the account then stands in the path, as emulators and appliances have it. */
function azureEndpoint(account: string, https: boolean, suffix: string): string {
  const scheme = https ? 'https' : 'http';
  const host = suffix.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
  return isIP(host) === 0 ? `${scheme}://${account}.blob.${suffix}` : `${scheme}://${suffix}/${account}`;
}

const showServer = ({ host, port }: HostAndPort): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** The grid's words for what a stack says about discovery. */
export function discoveryOptions(discovery: StackDiscovery): DiscoveryOptions {
  switch (discovery.kind) {
    case 'database':
      return { kind: 'database' };
    case 'multicast':
      return { kind: 'multicast', group: discovery.group, port: discovery.port, ttl: discovery.timeToLive };
    case 'dns': {
      const { query, recordType, server } = discovery;
      return { kind: 'dns', query, recordType, servers: server === undefined ? undefined : [showServer(server)] };
    }
    case 's3':
    case 'google':
    case 'hosts':
      return discovery;
    case 'azure': {
      const { account, accessKey, container, https, endpointSuffix = AZURE_SUFFIX } = discovery;
      return { kind: 'azure', account, accessKey, container, endpoint: azureEndpoint(account, https, endpointSuffix) };
    }
  }
}
