import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../configuration-error.ts';
import { builtInStacks } from './built-in-stacks.ts';
import type { StackProtocol } from './protocol.ts';
import { resolveStack, type StackInput } from './resolve-stack.ts';

const shared = { kind: 'shared', rotationIntervalDays: 30 } as const;

function resolved(name: keyof typeof builtInStacks, properties: Record<string, string> = {}, more: Partial<StackInput> = {}) {
  return resolveStack({
    name,
    protocols: builtInStacks[name],
    lookup: (property) => properties[property],
    properties: Object.keys(properties),
    options: {},
    tls: shared,
    ...more,
  });
}

function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
}

const place = { file: 'cache-ispn.xml', line: 7, column: 3 };
const written = (name: string, attributes: Record<string, string> = {}): StackProtocol => ({
  name,
  attributes: new Map(Object.entries(attributes)),
  place,
});

describe('the stacks that come with the server', () => {
  it('are TCP with the database by default', () =>
    expect(resolved('jdbc-ping')).toEqual({
      name: 'jdbc-ping',
      discovery: { kind: 'database' },
      transport: {
        kind: 'tcp',
        bindAddress: 'SITE_LOCAL',
        bindPort: 7_800,
        portRange: 10,
        externalAddress: undefined,
        externalPort: undefined,
      },
      failureDetection: { enabled: true, portOffset: 50_000, portRange: 3 },
      addressFamilies: 'IPv4 first',
      tls: shared,
      warnings: [],
    }));

  it('choose transport and discovery', () => {
    const group = { kind: 'multicast', group: '239.6.7.8', port: 46_655, timeToLive: 2 };
    expect(resolved('jdbc-ping-udp')).toMatchObject({ transport: { kind: 'udp' }, discovery: { kind: 'database' } });
    expect(resolved('tcp')).toMatchObject({ transport: { kind: 'tcp' }, discovery: group });
    expect(resolved('udp')).toMatchObject({ transport: { kind: 'udp' }, discovery: group });
    expect(resolved('kubernetes', { 'jgroups.dns.query': 'kc.local' })).toMatchObject({
      transport: { kind: 'tcp', portRange: 0 },
      discovery: { kind: 'dns', query: 'kc.local', recordType: 'A', server: undefined },
    });
    expect(resolved('ec2', { 'jgroups.s3.region_name': 'eu-west-1', 'jgroups.s3.bucket_name': 'b' })).toMatchObject({
      discovery: { kind: 's3', region: 'eu-west-1', bucket: 'b', pathStyle: false },
    });
    expect(resolved('google', { 'jgroups.google.bucket_name': 'b' })).toMatchObject({ discovery: { kind: 'google', bucket: 'b' } });
    const azure = { 'jboss.jgroups.azure_ping.storage_account_name': 'a', 'jboss.jgroups.azure_ping.storage_access_key': 'k' };
    expect(resolved('azure', azure)).toMatchObject({
      discovery: { kind: 'azure', account: 'a', accessKey: 'k', container: 'ping', https: true },
    });
  });

  it.each([
    ['kubernetes', 'jgroups.dns.query'],
    ['ec2', 'jgroups.s3.region_name'],
    ['google', 'jgroups.google.bucket_name'],
    ['azure', 'jboss.jgroups.azure_ping.storage_account_name'],
  ] as const)('%s names the property that it cannot do without', (name, property) => {
    const message = refusal(() => resolved(name));
    expect(message).toContain(`ISPN000901: Property ${property} is not set`);
    expect(message).toContain(`-D${property}=<value>`);
  });
});

describe('-D properties', () => {
  it('set addresses, ports, multicast and records', () => {
    const properties = {
      'jgroups.bind.address': '10.0.0.1',
      'jgroups.bind.port': '7900',
      'jgroups.port_range': '0',
      'jgroups.external_addr': 'nat.example',
      'jgroups.external_port': '17900',
      'jgroups.fd.port-offset': '5000',
      'jgroups.mcast_addr': '239.1.1.1',
      'jgroups.mcast_port': '40000',
      'jgroups.udp.ip_ttl': '0',
      'java.net.preferIPv6Addresses': 'true',
    };
    expect(resolved('tcp', properties)).toMatchObject({
      transport: { bindAddress: '10.0.0.1', bindPort: 7_900, portRange: 0, externalAddress: 'nat.example', externalPort: 17_900 },
      discovery: { group: '239.1.1.1', port: 40_000, timeToLive: 0 },
      failureDetection: { portOffset: 5_000 },
      addressFamilies: 'IPv6 first',
      warnings: [],
    });
    expect(resolved('tcp', { 'java.net.preferIPv4Stack': 'true' }).addressFamilies).toBe('IPv4 only');
    const dns = { 'jgroups.dns.query': 'q', 'jgroups.dns.record': 'SRV', 'jgroups.dns.address': '127.0.0.1:5353' };
    expect(resolved('kubernetes', dns).discovery).toEqual({
      kind: 'dns',
      query: 'q',
      recordType: 'SRV',
      server: { host: '127.0.0.1', port: 5_353 },
    });
  });

  it.each([
    ['jgroups.bind.port', 'x', 'Expected an integer value, got "x"'],
    ['jgroups.mcast_port', '70000', 'Expected at most 65535'],
    ['jgroups.mcast_addr', '10.0.0.1', 'Expected a multicast address'],
    ['jgroups.fd.port-offset', '-1', 'Expected at least 0'],
  ])('%s=%s is refused by its name', (property, value, problem) => {
    const message = refusal(() => resolved('tcp', { [property]: value }));
    expect(message).toContain(`Invalid value for the system property '${property}'`);
    expect(message).toContain(problem);
  });

  it('that nothing reads are named', () => {
    const [warning = ''] = resolved('jdbc-ping', {
      'jgroups.thread_pool.max_threads': '9',
      'jgroups.dns.query': 'q',
      'jgroups.nonsense': '1',
      other: '1',
    }).warnings;
    expect(warning).toContain('jgroups.thread_pool.max_threads: one event loop serves all connections');
    expect(warning).toContain("jgroups.dns.query: stack 'jdbc-ping' does not read it");
    expect(warning).toContain('jgroups.nonsense: nobody knows it');
    expect(warning).not.toContain('other');
  });
});

describe('a stack that somebody wrote', () => {
  const stack = (...protocols: readonly StackProtocol[]) => ({ protocols });
  const base = [written('TCP', { bind_port: '7801' }), written('TCPPING', { initial_hosts: 'a[7800],b:7801,[::1]:7802', port_range: '0' })];

  it('gives way to an option, with a warning', () => {
    const settings = resolved('tcp', {}, { ...stack(...base), options: { bindPort: 7_900 } });
    expect(settings.transport.bindPort).toBe(7_900);
    expect(settings.warnings).toEqual([
      "Conflicting attribute 'bind_port' of TCP (cache-ispn.xml:7:3) and CLI arg 'cache-embedded-network-bind-port' set, utilising CLI value '7900'",
    ]);
    const hosts = [
      { host: 'a', port: 7_800 },
      { host: 'b', port: 7_801 },
      { host: '::1', port: 7_802 },
    ];
    expect(settings.discovery).toEqual({ kind: 'hosts', hosts, portRange: 0 });
    expect(settings.failureDetection.enabled).toBe(false);
  });

  it('says with its line what has no effect', () => {
    const [warning = ''] = resolved('tcp', {}, stack(written('TCP', { 'thread_pool.max_threads': '9' }), written('MPING'))).warnings;
    expect(warning).toContain('cache-ispn.xml:7:3: thread_pool.max_threads of TCP: one event loop serves all connections');
  });

  it.each<[string, readonly StackProtocol[], string]>([
    ['an unknown protocol', [written('TCPP'), written('MPING')], "cache-ispn.xml:7:3: stack 'tcp' names the protocol TCPP"],
    [
      'an unknown attribute',
      [written('TCP', { bindport: '1' }), written('MPING')],
      "attribute 'bindport' of TCP (cache-ispn.xml:7:3) is not known. Near: bind_port",
    ],
    ['a protocol without a counterpart', [written('TCP'), written('RELAY2')], 'cache-ispn.xml:7:3: the protocol RELAY2'],
    ['an attribute that would run code', [written('TCP', { after_creation_hook: 'x' })], 'cannot be honoured: it names Java classes'],
    ['no transport', [written('MPING')], "cache-ispn.xml:7:3: stack 'tcp' does not begin with a transport"],
    ['no discovery', [written('TCP')], "Stack 'tcp' has no discovery protocol"],
    ['two transports', [written('TCP'), written('UDP'), written('MPING')], 'two transports, TCP and UDP'],
    ['PING over TCP', [written('TCP'), written('PING')], 'uses PING over TCP'],
    ['a broken list of hosts', [written('TCP'), written('TCPPING', { initial_hosts: 'a[b]' })], '"a[b]" is no host with a port'],
    [
      'no list of hosts',
      [written('TCP'), written('TCPPING')],
      "attribute 'initial_hosts' of TCPPING (cache-ispn.xml:7:3) is needed and not set",
    ],
  ])('is refused with %s', (_what, protocols, message) =>
    expect(refusal(() => resolved('tcp', {}, stack(...protocols)))).toContain(message),
  );

  it('uses the discovery that was written last, and says which ones are not used', () => {
    const settings = resolved('tcp', {}, { protocols: [...builtInStacks.tcp, written('JDBC_PING', { connection_url: 'x' })] });
    expect(settings.discovery).toEqual({ kind: 'database' });
    expect(settings.warnings[0]).toContain('JDBC_PING (cache-ispn.xml:7:3) is used, and MPING is not');
  });

  it('is encrypted where it asks for it, or refused', () => {
    const encrypted = written('SYM_ENCRYPT', { keystore_name: 'x' });
    expect(resolved('udp', {}, { protocols: [written('UDP'), written('PING'), encrypted] }).tls).toEqual(shared);
    expect(
      refusal(() => resolved('tcp', {}, { protocols: [written('TCP'), written('MPING'), encrypted], tls: { kind: 'off' } })),
    ).toContain('asks for encryption by SYM_ENCRYPT (cache-ispn.xml:7:3)');
  });

  it('is encrypted over UDP whatever the option says, with a warning', () => {
    const { tls, warnings } = resolved('udp', {}, { protocols: [written('UDP'), written('PING')], tls: { kind: 'off' } });
    expect([tls, warnings]).toEqual([shared, [expect.stringContaining('is over UDP, where traffic is always encrypted')]]);
  });
});
