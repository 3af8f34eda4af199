/** A -D property of JGroups or Java that Keycloak's users set. */
export interface StackProperty {
  readonly help: string;
  /** Why it has no effect here. */
  readonly inert?: string;
}

const address = 'Address for traffic between nodes';
const port = 'Port for traffic between nodes';
const threads = 'one event loop serves all connections';
const sockets = 'sockets keep the settings of the operating system, and TCP_NODELAY';
const diagnostics = 'there is no handler of diagnostics';
const inert = (help: string, why: string): StackProperty => ({ help, inert: why });

/** The -D properties that the stacks know, declared once: warnings, messages and docs/reference/stacks.md are made from it. */
export const stackProperties: Readonly<Record<string, StackProperty>> = {
  'jgroups.bind.address': { help: `${address}; 'cache-embedded-network-bind-address' wins.` },
  'jgroups.bind_addr': { help: 'Older name of jgroups.bind.address.' },
  'jgroups.tcp.address': { help: 'Older name of jgroups.bind.address, in stacks over TCP.' },
  'jgroups.udp.address': { help: 'Older name of jgroups.bind.address, in stacks over UDP.' },
  'jgroups.bind.port': { help: `${port}; 'cache-embedded-network-bind-port' wins. Default 7800.` },
  'jgroups.bind_port': { help: 'Older name of jgroups.bind.port.' },
  'jgroups.tcp.port': { help: 'Older name of jgroups.bind.port, in stacks over TCP.' },
  'jgroups.udp.port': { help: 'Older name of jgroups.bind.port, in stacks over UDP.' },
  'jgroups.port_range': { help: 'How many ports above the bind port are tried where it is taken. Default 10, in stack kubernetes 0.' },
  'jgroups.external_addr': { help: "Address that other nodes dial; 'cache-embedded-network-external-address' wins." },
  'jgroups.external_port': { help: "Port that other nodes dial; 'cache-embedded-network-external-port' wins." },
  'jgroups.fd.port-offset': { help: 'What is added to the bind port for the port of failure detection. Default 50000.' },
  'jgroups.mcast_addr': { help: 'Multicast group of the stacks tcp and udp. Default 239.6.7.8.' },
  'jgroups.mcast_port': { help: 'Port of that group. Default 46655.' },
  'jgroups.udp.ip_ttl': { help: 'How many routers a multicast request of stack tcp may pass. Default 2.' },
  'jgroups.ip_ttl': { help: 'How many routers a multicast request of stack udp may pass. Default 2.' },
  'jgroups.dns.query': { help: 'Name of the headless service that stack kubernetes looks up; required there.' },
  'jgroups.dns.record': { help: 'Kind of record: A (default), AAAA or SRV.' },
  'jgroups.dns.address': { help: 'Name server to ask, host:port, where it is not that of the system.' },
  'jgroups.s3.region_name': { help: 'Region of the bucket of stack ec2; required there.' },
  'jgroups.s3.bucket_name': { help: 'Bucket of stack ec2; required there.' },
  'jgroups.s3.bucket_prefix': { help: 'Beginning of the names of its objects.' },
  'jgroups.s3.endpoint': { help: 'Another endpoint than that of the region.' },
  'jgroups.s3.path_style_access_enabled': { help: 'Whether the bucket stands in the path of the URL. Default false.' },
  'jgroups.google.bucket_name': { help: 'Bucket of stack google; required there.' },
  'jgroups.google.project_id': { help: 'Project in which that bucket is made where it does not exist; without one it must exist.' },
  'jgroups.google.endpoint': { help: 'Another endpoint.' },
  'jboss.jgroups.azure_ping.storage_account_name': { help: 'Storage account of stack azure; required there.' },
  'jboss.jgroups.azure_ping.storage_access_key': {
    help: 'Its access key; required there. A secret: better in the environment than on the command line.',
  },
  'jboss.jgroups.azure_ping.container': { help: 'Container of stack azure. Default ping.' },
  'jboss.jgroups.azure_ping.use_https': { help: 'Whether it is spoken to over TLS. Default true.' },
  'jboss.jgroups.azure_ping.endpoint_suffix': { help: 'Another endpoint suffix, for sovereign clouds.' },
  'java.net.preferIPv4Stack': { help: 'true: only IPv4 addresses are used.' },
  'java.net.preferIPv6Addresses': { help: 'true: IPv6 addresses come first where there is a choice.' },
  'jgroups.join_timeout': inert('How long a join may take.', 'the database decides about a join at once'),
  'jgroups.max_credits': inert('Bytes that may be under way to a member.', 'each connection has a bounded window of its own'),
  'jgroups.frag_size': inert('Size above which messages are cut.', 'messages are bounded, and long transfers are cut into chunks'),
  'jgroups.tcp.linger': inert('SO_LINGER of sockets.', sockets),
  'jgroups.tcp_nodelay': inert('TCP_NODELAY of sockets.', sockets),
  'jgroups.ip_mcast': inert('Whether messages to all are multicast.', 'messages to all are sent to each'),
  'jgroups.bundler.type': inert('How messages are gathered.', 'messages are gathered into batches of up to 32 KiB a connection'),
  'jgroups.bundler.max_size': inert('Size of a batch.', 'messages are gathered into batches of up to 32 KiB a connection'),
  'jgroups.non_blocking_sends': inert('Whether senders wait.', 'nobody waits for a socket'),
  'jgroups.thread_pool.min_threads': inert('Threads that are kept.', threads),
  'jgroups.thread_pool.max_threads': inert('Most threads.', threads),
  'jgroups.thread_dumps_enabled': inert('Thread dumps where the pool is full.', threads),
  'jgroups.thread.virtual': inert('Virtual threads.', threads),
  'jgroups.diag.enabled': inert('Diagnostics.', diagnostics),
  'jgroups.diag.enable_tcp': inert('Diagnostics over TCP.', diagnostics),
  'jgroups.diag.enable_udp': inert('Diagnostics over UDP.', diagnostics),
};

/** Properties that options stand for too: read even where a custom stack does not name them. */
export const optionProperties: ReadonlySet<string> = new Set([
  'jgroups.bind.address',
  'jgroups.bind_addr',
  'jgroups.bind.port',
  'jgroups.bind_port',
  'jgroups.external_addr',
  'jgroups.external_port',
]);

/** Whether a property is one of JGroups, so that one that nobody reads is worth a warning. */
export function isStackProperty(name: string): boolean {
  return name.startsWith('jgroups.') || name.startsWith('jboss.jgroups.');
}
