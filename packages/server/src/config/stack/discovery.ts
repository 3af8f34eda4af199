import { ConfigurationError } from '../configuration-error.ts';
import { type StackProtocol, showPlace } from './protocol.ts';
import { type StackAttributes, showAttribute } from './stack-attributes.ts';
import type { HostAndPort, StackDiscovery } from './stack-settings.ts';

const DEFAULT_GROUP = '239.6.7.8';
const DEFAULT_GROUP_PORT = 46_655;
const DEFAULT_HOPS = 2;

/** What a discovery protocol means here. `transport` is for PING, whose multicast group is that of the transport. */
export function resolveDiscovery(
  stack: string,
  protocol: StackProtocol,
  own: StackAttributes,
  transport: StackAttributes,
  kind: 'tcp' | 'udp',
): StackDiscovery {
  const needed = (attribute: string): string => {
    const value = own.text(attribute);
    if (value === undefined) throw new ConfigurationError(`The ${showAttribute(stack, protocol, attribute)} is needed and not set.`);
    return value;
  };
  const multicast = (from: StackAttributes): StackDiscovery => ({
    kind: 'multicast',
    group: from.text('mcast_addr') ?? DEFAULT_GROUP,
    port: from.number('mcast_port') ?? DEFAULT_GROUP_PORT,
    timeToLive: from.number('ip_ttl') ?? DEFAULT_HOPS,
  });
  switch (protocol.name) {
    case 'MPING':
      return multicast(own);
    case 'PING': {
      if (kind === 'udp') return multicast(transport);
      const where = protocol.place === undefined ? '' : `${showPlace(protocol.place)}: `;
      throw new ConfigurationError(`${where}stack '${stack}' uses PING over TCP, which has no multicast group. Use MPING.`);
    }
    case 'DNS_PING': {
      const recordType = own.shaped<'A' | 'AAAA' | 'SRV'>('dns_record_type') ?? 'A';
      return { kind: 'dns', query: needed('dns_query'), recordType, server: own.shaped<HostAndPort>('dns_address') };
    }
    case 'S3_PING':
    case 'NATIVE_S3_PING':
      return {
        kind: 's3',
        region: needed('region_name'),
        bucket: needed('bucket_name'),
        prefix: own.text('bucket_prefix'),
        endpoint: own.text('endpoint'),
        pathStyle: own.flag('path_style_access_enabled') ?? false,
      };
    case 'AZURE_PING':
      return {
        kind: 'azure',
        account: needed('storage_account_name'),
        accessKey: needed('storage_access_key'),
        container: needed('container'),
        https: own.flag('use_https') ?? true,
        endpointSuffix: own.text('endpoint_suffix'),
      };
    case 'GOOGLE_PING':
    case 'GOOGLE_PING2':
      return { kind: 'google', bucket: needed('location'), project: own.text('project_id'), endpoint: own.text('endpoint') };
    case 'TCPPING': {
      const hosts = own.shaped<readonly HostAndPort[]>('initial_hosts');
      if (hosts === undefined) needed('initial_hosts');
      return { kind: 'hosts', hosts: hosts ?? [], portRange: own.number('port_range') ?? 1 };
    }
    default:
      return { kind: 'database' };
  }
}
