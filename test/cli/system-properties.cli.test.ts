import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { isStackProperty, stackProperties } from '../../packages/server/src/config/stack/stack-properties.ts';
import { CommandBench } from '../support/command-line.ts';
import { testDatabaseUrl } from '../support/test-cluster.ts';

const bench = new CommandBench();
const cwd = bench.folder();
const CATEGORY = 'org.keycloak.spi.infinispan.impl.embedded';
let database: FreshDatabase;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await freshDatabase(testDatabaseUrl(), 'keygrid_cli');
  const [http, management, cluster] = await freePorts(3);
  environment = {
    KC_DB_URL: database.url,
    KC_HTTP_ENABLED: 'true',
    KC_HTTP_HOST: '127.0.0.1',
    KC_HTTP_PORT: `${http}`,
    KC_HTTP_MANAGEMENT_PORT: `${management}`,
    KC_HOSTNAME_STRICT: 'false',
    KC_SHUTDOWN_DELAY: '0',
    KC_LOG_LEVEL: `info,${CATEGORY}:debug`,
    CLUSTER_PORT: `${cluster}`,
  };
});
afterAll(async () => {
  await bench.clear();
  await database.drop();
});

type Properties = Readonly<Record<string, string>>;
const words = (properties: Properties): string[] => Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
const seen = new Set<string>();

/** Starts a node and gives what it says of its stack and of what has no effect; the node is ended at once. */
async function stackLine(argv: readonly string[], properties: Properties, viaEnvironment = false): Promise<string> {
  for (const name of Object.keys(properties)) seen.add(name);
  const env = viaEnvironment ? { ...environment, JAVA_OPTS_APPEND: words(properties).join(' ') } : environment;
  const run = bench.begin(['start', ...argv, ...(viaEnvironment ? [] : words(properties))], { cwd, env });
  await run.until(/Stack '[^']+': .*\n(?:.*WARN.*\n(?:\t- .*\n)+)?.*ISPN000078/);
  run.signal('SIGKILL');
  await run.ended;
  return run.out;
}

/** Starts that end by themselves before anything is opened: the database is nowhere. */
const refusal = (argv: readonly string[]) =>
  bench.run(['start', ...argv], { cwd, env: { ...environment, KC_DB_URL: 'postgres://127.0.0.1:1/none' } });

describe('-D properties', () => {
  it('of addresses, ports and multicast have their effect, on the command line and in JAVA_OPTS_APPEND', async () => {
    const line = await stackLine(['--cache-stack=tcp'], {
      'jgroups.bind.address': '127.0.0.1',
      'jgroups.bind.port': '17801',
      'jgroups.port_range': '4',
      'jgroups.external_addr': 'nat.example',
      'jgroups.external_port': '27801',
      'jgroups.fd.port-offset': '5',
      'jgroups.mcast_addr': '239.1.2.3',
      'jgroups.mcast_port': '40001',
      'jgroups.udp.ip_ttl': '0',
      'java.net.preferIPv4Stack': 'true',
    });
    expect(line).toContain(
      "Stack 'tcp': tcp at 127.0.0.1, port 17801, range 4; dialled at nat.example, port 27801; discovery by multicast 239.1.2.3:40001, time to live 0; failure detection: offset 5, range 3; addresses: IPv4 only; certificates in the database, rotated every 30 days",
    );
    expect(line).not.toContain('no effect');
    const udp = await stackLine(
      ['--cache-stack=udp'],
      { 'jgroups.udp.address': '127.0.0.1', 'jgroups.udp.port': '17802', 'jgroups.ip_ttl': '1', 'java.net.preferIPv6Addresses': 'true' },
      true,
    );
    expect(udp).toContain("Stack 'udp': udp at 127.0.0.1, port 17802, range 10; ");
    expect(udp).toContain('time to live 1; failure detection: offset 50000, range 3; addresses: IPv6 first');
    const older = await stackLine([], { 'jgroups.bind_addr': '127.0.0.1', 'jgroups.bind_port': '17803' });
    expect(older).toContain("Stack 'jdbc-ping': tcp at 127.0.0.1, port 17803, ");
    const oldest = await stackLine([], { 'jgroups.tcp.address': '127.0.0.1', 'jgroups.tcp.port': '17804' });
    expect(oldest).toContain("Stack 'jdbc-ping': tcp at 127.0.0.1, port 17804, ");
  });

  it('of DNS and of the clouds reach their stacks, and the access key is never shown', async () => {
    const bind = { 'jgroups.bind.address': '127.0.0.1', 'jgroups.bind.port': '17805' };
    const dns = { 'jgroups.dns.query': 'kc.invalid', 'jgroups.dns.record': 'SRV', 'jgroups.dns.address': '127.0.0.1:1' };
    const s3 = {
      'jgroups.s3.region_name': 'eu-west-1',
      'jgroups.s3.bucket_name': 'b',
      'jgroups.s3.bucket_prefix': 'p',
      'jgroups.s3.endpoint': 'http://127.0.0.1:1',
      'jgroups.s3.path_style_access_enabled': 'true',
    };
    const google = { 'jgroups.google.bucket_name': 'b', 'jgroups.google.project_id': 'p', 'jgroups.google.endpoint': 'http://127.0.0.1:1' };
    const azure = {
      'jboss.jgroups.azure_ping.storage_account_name': 'a',
      'jboss.jgroups.azure_ping.storage_access_key': 'aHVudGVyMg==',
      'jboss.jgroups.azure_ping.container': 'c',
      'jboss.jgroups.azure_ping.use_https': 'false',
      'jboss.jgroups.azure_ping.endpoint_suffix': 's.invalid',
    };
    expect(await stackLine(['--cache-stack=kubernetes'], { ...bind, ...dns })).toContain(
      'discovery by SRV records of kc.invalid, asked of 127.0.0.1:1',
    );
    expect(await stackLine(['--cache-stack=ec2'], { ...bind, ...s3 })).toContain(
      "discovery by S3 bucket b in eu-west-1, prefix 'p', endpoint http://127.0.0.1:1, path style true",
    );
    expect(await stackLine(['--cache-stack=google'], { ...bind, ...google })).toContain(
      'discovery by Google bucket b, project p, endpoint http://127.0.0.1:1',
    );
    const line = await stackLine(['--cache-stack=azure'], { ...bind, ...azure });
    expect(line).toContain('discovery by Azure container c of a, suffix s.invalid, https false');
    expect(line).not.toContain('aHVudGVyMg');
  });

  it('that nothing reads are named at start with the reason', async () => {
    const inert = Object.keys(stackProperties).filter((name) => stackProperties[name]?.inert !== undefined);
    // What the stack at hand reads, or the server whatever the stack is.
    const read = /^java\.|^jgroups\.(?:bind[._]\w+|tcp\.(?:address|port)|port_range|external_\w+|fd\.port-offset)$/;
    const unread = Object.keys(stackProperties).filter((name) => !inert.includes(name) && !read.test(name));
    const properties = Object.fromEntries([...inert, ...unread, 'jgroups.nonsense'].map((name) => [name, '1']));
    const line = await stackLine([], { ...properties, 'jgroups.bind.address': '127.0.0.1', 'jgroups.bind.port': '17806' });
    expect(line).toContain('The following system properties have no effect in this server:');
    for (const name of inert) expect(line).toContain(`\t- ${name}: `);
    expect(unread.length).toBeGreaterThan(20);
    for (const name of unread) expect(line).toContain(`\t- ${name}: stack 'jdbc-ping' does not read it`);
    expect(line).toContain('\t- jgroups.nonsense: nobody knows it');
  });

  it('are all covered here', () => {
    expect(Object.keys(stackProperties).filter((name) => !seen.has(name))).toEqual([]);
    expect(Object.keys(stackProperties).filter((name) => !isStackProperty(name) && !name.startsWith('java.net.'))).toEqual([]);
  });

  // What is wrong in each of them is compared with the original in test/stack-properties; these say it in words of their own.
  it.concurrent.each<[readonly string[], string]>([
    [['-Djgroups.port_range=-1'], "Invalid value for the system property 'jgroups.port_range'"],
    [['--cache-stack=tcp', '-Djgroups.mcast_addr=10.0.0.1'], 'Expected a multicast address'],
    [['--cache-stack=udp', '-Djgroups.mcast_port=99999'], "Invalid value for the system property 'jgroups.mcast_port'"],
    [['--cache-stack=tcp', '-Djgroups.udp.ip_ttl=256'], 'Expected at most 255'],
    [['--cache-stack=udp', '-Djgroups.ip_ttl=x'], "Invalid value for the system property 'jgroups.ip_ttl'"],
    [['--cache-stack=kubernetes', '-Djgroups.dns.query=q', '-Djgroups.dns.record=MX'], 'MX. Expected values are: A, AAAA, SRV'],
    [['-Djgroups.bind.address=match-interface:none'], 'no address of this machine matches match-interface:none'],
    [['-Djgroups.bind.address=::1', '-Djava.net.preferIPv4Stack=true'], '::1 is an IPv6 address, and java.net.preferIPv4Stack is true'],
    [
      ['-Djboss.node.name=n'],
      'System property jboss.node.name is in use. Use --spi-cache-embedded-default-node-name config option instead',
    ],
  ])('that are wrong or missing end the start: %j', async (argv, message) => {
    const outcome = await refusal(argv);
    expect(outcome.err).toContain(message);
    expect([1, 2]).toContain(outcome.code);
    expect(outcome.err).not.toContain('cannot be reached');
  });

  it('give way to the options that mean the same, with a warning', async () => {
    const pairs = {
      'bind-address': ['jgroups.bind.address', '127.0.0.1'],
      'bind-port': ['jgroups.bind.port', '7801'],
      'external-address': ['jgroups.external_addr', 'h'],
      'external-port': ['jgroups.external_port', '7802'],
    } as const;
    const argv = Object.entries(pairs).flatMap(([name, [property, value]]) => [
      `--cache-embedded-network-${name}=${value}`,
      `-D${property}=9`,
    ]);
    const { err } = await refusal(argv);
    for (const [name, [property, value]] of Object.entries(pairs))
      expect(err).toContain(
        `Conflicting system property '${property}' and CLI arg 'cache-embedded-network-${name}' set, utilising CLI value '${value}'`,
      );
  });
});
