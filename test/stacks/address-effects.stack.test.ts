import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { DnsServer } from '../../packages/grid/src/testing/dns-server.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { s3Credentials } from '../../packages/grid/src/testing/s3-server.ts';
import { root } from '../../scripts/checks/repository.ts';
import { CommandBench, type CommandRun } from '../support/command-line.ts';
import { testDatabaseUrl, until } from '../support/test-cluster.ts';
import { everything } from './scenes.ts';

const bench = new CommandBench();
const cwd = bench.folder();
let database: FreshDatabase;
let ports: number[] = [];
let clusters = 0;

beforeAll(async () => {
  database = await freshDatabase(testDatabaseUrl(), 'keygrid_effects');
  ports = await freePorts(60);
});
afterEach(() => bench.stopAll());
afterAll(async () => {
  await bench.clear();
  await database.drop();
});

const port = (): number => ports.pop() ?? 0;

/** A node in a cluster of its own on the database of this file; the -D properties stand in JAVA_OPTS_APPEND. */
function begin(
  argv: readonly string[],
  properties: Readonly<Record<string, string | number>>,
  variables: Readonly<Record<string, string>> = {},
): CommandRun {
  clusters += 1;
  const env = {
    ...s3Credentials,
    ...variables,
    KC_DB_URL: database.url,
    KC_HTTP_ENABLED: 'true',
    KC_HTTP_HOST: '127.0.0.1',
    KC_HTTP_PORT: `${port()}`,
    KC_HTTP_MANAGEMENT_PORT: `${port()}`,
    KC_HOSTNAME_STRICT: 'false',
    KC_SHUTDOWN_DELAY: '0',
    JAVA_OPTS_APPEND: Object.entries(properties)
      .map(([name, value]) => `-D${name}=${value}`)
      .join(' '),
  };
  return bench.begin(['start', `--spi-cache-embedded--default--cluster-name=effects-${clusters}`, ...argv], { cwd, env });
}

/** CI takes the first row of each table, `npm run test:full` all. */
const rows = <Row>(all: readonly Row[]): readonly Row[] => (everything ? all : all.slice(0, 1));

/** Whether somebody accepts connections there. */
const accepts = (host: string, at: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port: at });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

const speaksTls = (host: string, at: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = tlsConnect({ host, port: at, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject !== undefined);
      socket.destroy();
    });
    socket.once('error', () => resolve(false)).once('close', () => resolve(false));
  });

const physical = (host: string, at: number): RegExp => new RegExp(`physical addresses are \`\\[${host.replaceAll('.', '\\.')}:${at}\\]\``);

describe('what a property or option says of addresses is what a started node does', () => {
  it.each(
    rows([
      ['jgroups.bind.address', 'jgroups.bind.port', '127.0.0.2'],
      ['jgroups.bind_addr', 'jgroups.bind_port', '127.0.0.3'],
      ['jgroups.tcp.address', 'jgroups.tcp.port', '127.0.0.4'],
    ] as const),
  )('%s and %s: it listens there and nowhere else, with TLS unless told otherwise, and watches beside it', async (address, at, host) => {
    const bound = port();
    const clear = host === '127.0.0.2';
    const run = begin(clear ? ['--cache-embedded-mtls-enabled=false'] : [], { [address]: host, [at]: bound, 'jgroups.fd.port-offset': 1 });
    await run.until(physical(host, bound));
    expect(await accepts(host, bound)).toBe(true);
    expect(await accepts('127.0.0.1', bound)).toBe(false);
    expect(await accepts(host, bound + 1)).toBe(true);
    expect(await speaksTls(host, bound)).toBe(!clear);
  });

  it('jgroups.udp.address and jgroups.udp.port: the datagrams of a UDP stack', async () => {
    const at = port();
    const run = begin(['--cache-stack=jdbc-ping-udp'], { 'jgroups.udp.address': '127.0.0.5', 'jgroups.udp.port': at });
    await run.until(physical('127.0.0.5', at));
    const bind = (host: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = createSocket('udp4');
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
        socket.bind(at, host, () => socket.close(() => resolve('free')));
      });
    expect(await bind('127.0.0.5')).toBe('EADDRINUSE');
    expect(await bind('127.0.0.1')).toBe('free');
  });

  it('jgroups.port_range: how far it goes where its port is taken', async () => {
    const at = port();
    const holders = [at, at + 1].map((taken) => createTcpServer().listen(taken, '127.0.0.6'));
    const short = begin([], { 'jgroups.bind.address': '127.0.0.6', 'jgroups.bind.port': at, 'jgroups.port_range': 1 });
    const long = begin([], { 'jgroups.bind.address': '127.0.0.6', 'jgroups.bind.port': at, 'jgroups.port_range': 2 });
    await long.until(physical('127.0.0.6', at + 2));
    await short.until(new RegExp(`:${at} to ${at + 1} is in use by another program`));
    expect(short.out).not.toContain('physical addresses');
    for (const holder of holders) holder.close();
  });

  it.each(
    rows([
      ['properties', [], { 'jgroups.external_addr': '192.0.2.7', 'jgroups.external_port': 27_801 }],
      ['options', ['--cache-embedded-network-external-address=192.0.2.7', '--cache-embedded-network-external-port=27801'], {}],
    ] as const),
  )('the external address and port, as %s: what others are told to dial', async (_kind, argv, properties) => {
    const run = begin(argv, { 'jgroups.bind.address': '127.0.0.1', 'jgroups.bind.port': port(), ...properties });
    await run.until(physical('192.0.2.7', 27_801));
    await run.started();
    const name = `--spi-cache-embedded--default--cluster-name=effects-${clusters}`;
    const { out } = await bench.run(['cluster', 'members', name], { cwd, env: { KC_DB_URL: database.url } });
    expect(out).toContain('192.0.2.7:27801');
  });

  it('java.net.preferIPv6Addresses and preferIPv4Stack: which of the addresses of this machine is taken', async () => {
    const at = port();
    const six = begin(['--cache-embedded-network-bind-address=LOOPBACK', `--cache-embedded-network-bind-port=${at}`], {
      'java.net.preferIPv6Addresses': 'true',
    });
    await six.until(/physical addresses are `\[\[?::1\]?:/);
    expect(await accepts('::1', at)).toBe(true);
    const four = begin(['--cache-embedded-network-bind-address=LOOPBACK', `--cache-embedded-network-bind-port=${at}`], {
      'java.net.preferIPv4Stack': 'true',
    });
    await four.until(physical('127.0.0.1', at));
    expect(await accepts('127.0.0.1', at)).toBe(true);
  });
});

describe('what a property says of a discovery is what goes over the wire', () => {
  const bind = () => ({ 'jgroups.bind.address': '127.0.0.1', 'jgroups.bind.port': port() });

  it.each(
    rows([
      ['tcp', 'jgroups.udp.ip_ttl'],
      ['udp', 'jgroups.ip_ttl'],
    ] as const),
  )('group and port of the multicast of stack %s', async (stack, timeToLive) => {
    const at = port();
    const ear = createSocket({ type: 'udp4', reuseAddr: true });
    const heard = new Promise<void>((resolve) => ear.once('message', () => resolve()));
    await new Promise<void>((resolve) => ear.bind(at, '239.1.2.3', resolve));
    ear.addMembership('239.1.2.3', '127.0.0.1');
    const run = begin([`--cache-stack=${stack}`], {
      ...bind(),
      'jgroups.mcast_addr': '239.1.2.3',
      'jgroups.mcast_port': at,
      [timeToLive]: 0,
    });
    await Promise.all([heard, run.until(/physical addresses/)]);
    ear.close();
  });

  it.each(rows(['SRV', 'A', 'AAAA']))('name, server and kind of record of DNS: %s', async (kind) => {
    const server = await DnsServer.start();
    const run = begin(['--cache-stack=kubernetes'], {
      ...bind(),
      'jgroups.dns.query': 'kc.example.test',
      'jgroups.dns.record': kind,
      'jgroups.dns.address': server.address,
    });
    await until('the server is asked', () => server.questions.has(`${kind} kc.example.test`));
    run.signal('SIGKILL');
    await run.ended;
    await server.close();
  });

  it('bucket, path style, prefix, region, project and endpoint of the clouds', async () => {
    const asked: string[] = [];
    const store = createServer((request, response) => {
      asked.push(`${request.method} ${request.headers.host}${request.url} ${request.headers.authorization ?? ''}`);
      request.resume();
      // What was asked of Google is not there, so that it is made; the others are refused.
      response.writeHead(request.url?.includes('google-bucket') === true ? 404 : 403).end();
    });
    await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
    const { port: storePort } = store.address() as AddressInfo;
    const endpoint = `127.0.0.1:${storePort}`;
    const runs = [
      begin(['--cache-stack=ec2'], {
        ...bind(),
        'jgroups.s3.region_name': 'eu-west-9',
        'jgroups.s3.bucket_name': 'own-bucket',
        'jgroups.s3.bucket_prefix': 'own-prefix',
        'jgroups.s3.endpoint': `http://${endpoint}`,
        'jgroups.s3.path_style_access_enabled': 'true',
      }),
      begin(
        ['--cache-stack=ec2'],
        {
          ...bind(),
          'jgroups.s3.region_name': 'eu-west-9',
          'jgroups.s3.bucket_name': 'host-bucket',
          'jgroups.s3.endpoint': `http://s3.test:${storePort}`,
        },
        { NODE_OPTIONS: `--import ${join(root, 'test/stacks/names-are-here.ts')}` },
      ),
      begin(['--cache-stack=google'], {
        ...bind(),
        'jgroups.google.bucket_name': 'google-bucket',
        'jgroups.google.project_id': 'own-project',
        'jgroups.google.endpoint': `http://${endpoint}`,
      }),
      begin(['--cache-stack=azure'], {
        ...bind(),
        'jboss.jgroups.azure_ping.storage_account_name': 'own-account',
        'jboss.jgroups.azure_ping.storage_access_key': 'aHVudGVyMg==',
        'jboss.jgroups.azure_ping.container': 'own-container',
        'jboss.jgroups.azure_ping.use_https': 'false',
        'jboss.jgroups.azure_ping.endpoint_suffix': endpoint,
      }),
    ];
    const wanted = [
      /^PUT 127\.0\.0\.1:\d+\/own-bucket\/own-prefix\/effects-\d+\/\S+ AWS4-HMAC-SHA256 Credential=S3RVER\/\d+\/eu-west-9\/s3\//,
      /^PUT host-bucket\.s3\.test:\d+\/effects-\d+\/\S+ AWS4-HMAC-SHA256 Credential=S3RVER\//,
      /^POST 127\.0\.0\.1:\d+\/upload\/storage\/v1\/b\/google-bucket\/o\?/,
      /^POST 127\.0\.0\.1:\d+\/storage\/v1\/b\?project=own-project/,
      /^PUT 127\.0\.0\.1:\d+\/own-account\/own-container\?restype=container SharedKey own-account:/,
    ];
    await until('all were asked', () => wanted.every((one) => asked.some((line) => one.test(line)))).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${asked.join('\n')}\n${runs.map((run) => run.out.slice(-600)).join('\n')}`);
    });
    for (const run of runs) expect(run.out).not.toContain('aHVudGVyMg');
    await bench.stopAll();
    store.close();
  });

  (everything ? it : undefined)?.('Azure over TLS, as by default', async () => {
    const listener = createTcpServer();
    const first = new Promise<number | undefined>((resolve) => {
      listener.on('connection', (socket) => {
        socket.on('error', () => {});
        socket.once('data', (bytes: Buffer) => {
          resolve(bytes[0]);
          socket.destroy();
        });
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    begin(['--cache-stack=azure'], {
      ...bind(),
      'jboss.jgroups.azure_ping.storage_account_name': 'a',
      'jboss.jgroups.azure_ping.storage_access_key': 'aHVudGVyMg==',
      'jboss.jgroups.azure_ping.endpoint_suffix': `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    });
    const tlsHandshake = 0x16;
    expect(await first).toBe(tlsHandshake);
    await bench.stopAll();
    listener.close();
  });
});
