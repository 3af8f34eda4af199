/** One start with a value that is wrong for a property of the stack, or for an option that means the same or is read with it. */
export interface PropertyCase {
  readonly words: readonly string[];
  /** What it is about; the list of all properties is checked against these. */
  readonly names: readonly string[];
  /** What the message must hold, here and, where it says anything of use, there. */
  readonly about: string;
}

const stack = (name: string): string => `--cache-stack=${name}`;

/** A property with a value that cannot be, with the stack that reads it. */
function property(name: string, value: string, about = value, ...more: readonly string[]): PropertyCase {
  return { words: [...more, `-D${name}=${value}`], names: [name], about };
}

/** An option with a value that cannot be. */
function option(name: string, value: string): PropertyCase {
  return { words: [`--${name}=${value}`], names: [name], about: value };
}

/** An address that is kept for documents, and so is none of this machine. */
const ELSEWHERE = '203.0.113.9';

export const propertyCases: readonly PropertyCase[] = [
  property('jgroups.bind.port', 'abc'),
  property('jgroups.bind.port', '70000'),
  property('jgroups.bind_port', '70000'),
  property('jgroups.tcp.port', 'abc'),
  property('jgroups.udp.port', 'abc', 'abc', stack('udp')),
  property('jgroups.port_range', 'abc'),
  property('jgroups.external_port', 'abc'),
  property('jgroups.fd.port-offset', 'abc'),
  property('jgroups.bind.address', 'match-interface:none', 'none'),
  property('jgroups.bind_addr', ELSEWHERE),
  property('jgroups.tcp.address', 'nowhere.invalid'),
  property('jgroups.udp.address', ELSEWHERE, ELSEWHERE, stack('udp')),
  property('jgroups.external_addr', 'nowhere.invalid'),
  property('jgroups.mcast_addr', '10.0.0.1', '10.0.0.1', stack('tcp')),
  property('jgroups.mcast_addr', '10.0.0.1', '10.0.0.1', stack('udp')),
  property('jgroups.mcast_port', 'abc', 'abc', stack('tcp')),
  property('jgroups.udp.ip_ttl', 'abc', 'abc', stack('tcp')),
  property('jgroups.ip_ttl', '256', '256', stack('udp')),
  { words: [stack('kubernetes')], names: ['jgroups.dns.query'], about: 'jgroups.dns.query' },
  property('jgroups.dns.record', 'MX', 'MX', stack('kubernetes'), '-Djgroups.dns.query=q.invalid'),
  property('jgroups.dns.address', 'a:b:c', 'a:b:c', stack('kubernetes'), '-Djgroups.dns.query=q.invalid'),
  { words: [stack('ec2')], names: ['jgroups.s3.region_name'], about: 'jgroups.s3.region_name' },
  { words: [stack('ec2'), '-Djgroups.s3.region_name=r'], names: ['jgroups.s3.bucket_name'], about: 'jgroups.s3.bucket_name' },
  property(
    'jgroups.s3.path_style_access_enabled',
    'maybe',
    'maybe',
    stack('ec2'),
    '-Djgroups.s3.region_name=r',
    '-Djgroups.s3.bucket_name=b',
  ),
  { words: [stack('google')], names: ['jgroups.google.bucket_name'], about: 'jgroups.google.bucket_name' },
  {
    words: [stack('azure')],
    names: ['jboss.jgroups.azure_ping.storage_account_name'],
    about: 'jboss.jgroups.azure_ping.storage_account_name',
  },
  {
    words: [stack('azure'), '-Djboss.jgroups.azure_ping.storage_account_name=a'],
    names: ['jboss.jgroups.azure_ping.storage_access_key'],
    about: 'jboss.jgroups.azure_ping.storage_access_key',
  },
  property(
    'jboss.jgroups.azure_ping.use_https',
    'maybe',
    'maybe',
    stack('azure'),
    '-Djboss.jgroups.azure_ping.storage_account_name=a',
    '-Djboss.jgroups.azure_ping.storage_access_key=aHVudGVyMg==',
  ),
  { words: [stack('mine')], names: ['cache-stack'], about: 'mine' },
  option('cache-embedded-network-bind-address', ELSEWHERE),
  option('spi-cache-embedded--default--stack', 'mine'),
  option('spi-cache-embedded--default--login-failures-owners', 'abc'),
];

/** A short name of a case, its key in the recording. */
export function nameOf({ words }: PropertyCase): string {
  return words.join(' ');
}

/** Whether the stack judges it, and not the server. */
export function isOfStack({ words }: PropertyCase): boolean {
  return words.every((word) => word.startsWith('--cache-stack=') || word.startsWith('-D'));
}
