import type { StackProtocol } from './protocol.ts';

const protocol = (name: string, attributes: Readonly<Record<string, string>> = {}): StackProtocol => ({
  name,
  attributes: new Map(Object.entries(attributes)),
});

/** A reference to -D properties, the first that is set, with a default. */
const property = (names: string, fallback?: string): string => `\${${names}${fallback === undefined ? '' : `:${fallback}`}}`;

// The property names, their order of precedence and the defaults are those of the stacks that Infinispan brings along.
const tcp = (portRange: number) =>
  protocol('TCP', {
    bind_addr: property('jgroups.bind.address,jgroups.bind_addr,jgroups.tcp.address', 'SITE_LOCAL'),
    bind_port: property('jgroups.bind.port,jgroups.bind_port,jgroups.tcp.port', '7800'),
    port_range: property('jgroups.port_range', `${portRange}`),
    external_addr: property('jgroups.external_addr', ''),
    external_port: property('jgroups.external_port', ''),
  });
const udp = protocol('UDP', {
  bind_addr: property('jgroups.bind.address,jgroups.bind_addr,jgroups.udp.address', 'SITE_LOCAL'),
  bind_port: property('jgroups.bind.port,jgroups.bind_port,jgroups.udp.port', '7800'),
  mcast_addr: property('jgroups.mcast_addr', '239.6.7.8'),
  mcast_port: property('jgroups.mcast_port', '46655'),
  ip_ttl: property('jgroups.ip_ttl', '2'),
  port_range: property('jgroups.port_range', '10'),
  external_addr: property('jgroups.external_addr', ''),
  external_port: property('jgroups.external_port', ''),
});
const multicast = protocol('MPING', {
  mcast_addr: property('jgroups.mcast_addr', '239.6.7.8'),
  mcast_port: property('jgroups.mcast_port', '46655'),
  ip_ttl: property('jgroups.udp.ip_ttl', '2'),
});
const dns = protocol('DNS_PING', {
  dns_query: property('jgroups.dns.query'),
  dns_record_type: property('jgroups.dns.record', 'A'),
  dns_address: property('jgroups.dns.address', ''),
});
const s3 = protocol('S3_PING', {
  region_name: property('jgroups.s3.region_name'),
  bucket_name: property('jgroups.s3.bucket_name'),
  bucket_prefix: property('jgroups.s3.bucket_prefix', ''),
  endpoint: property('jgroups.s3.endpoint', ''),
  path_style_access_enabled: property('jgroups.s3.path_style_access_enabled', 'false'),
});
const google = protocol('GOOGLE_PING2', {
  location: property('jgroups.google.bucket_name'),
  project_id: property('jgroups.google.project_id', ''),
  endpoint: property('jgroups.google.endpoint', ''),
});
const azure = protocol('AZURE_PING', {
  storage_account_name: property('jboss.jgroups.azure_ping.storage_account_name'),
  storage_access_key: property('jboss.jgroups.azure_ping.storage_access_key'),
  container: property('jboss.jgroups.azure_ping.container', 'ping'),
  use_https: property('jboss.jgroups.azure_ping.use_https', 'true'),
  endpoint_suffix: property('jboss.jgroups.azure_ping.endpoint_suffix', ''),
});
/** What stands above transport and discovery in all of them; a custom stack names these to change or remove them. */
const upper: readonly StackProtocol[] = [
  protocol('MERGE3'),
  protocol('FD_SOCK2', { offset: property('jgroups.fd.port-offset', '50000') }),
  protocol('FD_ALL3'),
  protocol('VERIFY_SUSPECT2'),
  protocol('NAKACK2'),
  protocol('UNICAST3'),
  protocol('STABLE'),
  protocol('GMS'),
  protocol('UFC'),
  protocol('MFC'),
  protocol('FRAG4'),
];
const stack = (transport: StackProtocol, discovery: StackProtocol): readonly StackProtocol[] => [
  transport,
  protocol('RED'),
  discovery,
  ...upper,
];

/** Values of `--cache-stack` that come with the server, each a list of protocols from the transport upwards. */
export const builtInStacks = {
  'jdbc-ping': stack(tcp(10), protocol('JDBC_PING2')),
  'jdbc-ping-udp': stack(udp, protocol('JDBC_PING2')),
  kubernetes: stack(tcp(0), dns),
  tcp: stack(tcp(10), multicast),
  udp: stack(udp, protocol('PING')),
  ec2: stack(tcp(10), s3),
  azure: stack(tcp(10), azure),
  google: stack(tcp(10), google),
} as const satisfies Record<string, readonly StackProtocol[]>;

export const defaultStack = 'jdbc-ping';
