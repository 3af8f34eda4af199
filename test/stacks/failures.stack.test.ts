import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DnsServer } from '../../packages/grid/src/testing/dns-server.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { GoogleStorageServer } from '../../packages/grid/src/testing/google-storage-server.ts';
import { S3Server, s3Credentials } from '../../packages/grid/src/testing/s3-server.ts';
import { findFacility } from '../../scripts/testing/skips.ts';
import { Azurite, azureArguments } from './azurite.ts';
import { bucketName, discoveryName, dnsArguments, everything, googleArguments, s3Arguments } from './scenes.ts';
import { StackNodes } from './stack-nodes.ts';

/** The least time between two lines, less what a busy machine may shift between a decision and its line. */
const lineGapMs = 9_500;

/** Nodes that cannot get in, a line of each now and then, and the way in once the cause is gone. */
async function waitsAndJoins(
  options: {
    stack: string;
    count: number;
    words: readonly string[];
    env?: Readonly<Record<string, string>>;
    lines?: number;
    secret?: string;
  },
  warning: string,
  mend: () => Promise<unknown> | unknown,
): Promise<void> {
  const { stack, count, words, env = {}, lines = everything ? 2 : 1, secret } = options;
  await using cluster = await StackNodes.prepare(count, { arguments: [`--cache-stack=${stack}`, ...words], env });
  const all = Array.from({ length: count }, (_, index) => index);
  for (const node of cluster.nodes) node.start();
  await cluster.warned(all, warning, lines);
  await mend();
  await cluster.settled(all);
  for (const index of all) for (const gap of cluster.gapsMs(index, warning)) expect(gap).toBeGreaterThan(lineGapMs);
  if (secret !== undefined) for (const index of all) expect(cluster.log(index)).not.toContain(secret);
}

describe('a start that something keeps from joining', () => {
  it('waits while the name does not resolve, and joins when it does', async () => {
    const server = await DnsServer.start();
    await waitsAndJoins(
      { stack: 'kubernetes', count: 3, words: dnsArguments(server.port) },
      `the name ${discoveryName} does not resolve`,
      () => server.hosts(discoveryName, ['127.0.0.1']),
    );
    await server.close();
  });

  it('waits while its port is taken, and ends at once when it is told to', async () => {
    const holder = createServer();
    await using cluster = await StackNodes.prepare(2, { arguments: ['-Djgroups.port_range=0'] });
    await new Promise<void>((resolve) => holder.listen(cluster.node(0).options.ports.cluster, '127.0.0.1', resolve));
    for (const node of cluster.nodes) node.start();
    await cluster.warned([0], 'is in use by another program');
    await cluster.settled([1]);
    cluster.node(0).signal('SIGTERM');
    expect(await cluster.node(0).exited).toBe(143);
    cluster.node(0).start();
    await cluster.warned([0], 'is in use by another program', 2);
    await new Promise<void>((resolve) => holder.close(() => resolve()));
    await cluster.settled([0, 1]);
  });
});

const describeAll = everything ? describe : undefined;

describeAll?.('a start that something else keeps from joining', () => {
  it('waits while no DNS server answers', async () => {
    const [port = 0] = await freePorts(1);
    let server: DnsServer | undefined;
    await waitsAndJoins(
      { stack: 'kubernetes', count: 3, words: dnsArguments(port) },
      'does not answer for keycloak-discovery.test',
      async () => {
        server = await DnsServer.start('127.0.0.1', port);
        server.hosts(discoveryName, ['127.0.0.1']);
      },
    );
    await server?.close();
  });

  it('waits while the S3 store is away, and while the bucket does not exist', async () => {
    const [port = 0] = await freePorts(1);
    let server: S3Server | undefined;
    const words = s3Arguments(`http://127.0.0.1:${port}`);
    await waitsAndJoins({ stack: 'ec2', count: 3, words, env: s3Credentials }, 's3 bucket grid cannot be reached', async () => {
      server = await S3Server.start(bucketName, port);
    });
    await server?.close();
    const empty = await S3Server.start('another');
    await waitsAndJoins(
      { stack: 'ec2', count: 2, words: s3Arguments(empty.url), env: s3Credentials },
      's3 bucket grid does not exist',
      () => empty.createBucket(bucketName),
    );
    await empty.close();
  });

  it('waits while the store refuses the credentials', async () => {
    const server = await GoogleStorageServer.start();
    server.buckets.set(bucketName, new Map());
    server.refusing = 403;
    await waitsAndJoins(
      { stack: 'google', count: 3, words: googleArguments(server.url) },
      'refuses the credentials of this node (403)',
      () => {
        server.refusing = undefined;
      },
    );
    await server.close();
  });

  it('waits while the Google store is away, and while the bucket does not exist', async () => {
    const [port = 0] = await freePorts(1);
    const words = googleArguments(`http://127.0.0.1:${port}`);
    await using cluster = await StackNodes.prepare(2, { arguments: ['--cache-stack=google', ...words] });
    for (const node of cluster.nodes) node.start();
    await cluster.warned([0, 1], 'google bucket grid cannot be reached (ECONNREFUSED)');
    const server = await GoogleStorageServer.start(port);
    await cluster.warned([0, 1], 'google bucket grid does not exist');
    server.buckets.set(bucketName, new Map());
    await cluster.settled([0, 1]);
    await server.close();
  });

  it('waits while the Azure store is away', async () => {
    const [port = 0] = await freePorts(1);
    let server: Azurite | undefined;
    await waitsAndJoins({ stack: 'azure', count: 3, words: azureArguments(port) }, 'cannot be reached (ECONNREFUSED)', async () => {
      server = await Azurite.start(port);
    });
    await server?.close();
  });

  it('waits while S3 does not know its access key, and takes another one from the credentials file without a restart', async () => {
    const server = await S3Server.start(bucketName);
    const folder = mkdtempSync(join(tmpdir(), 'keygrid-aws-'));
    const file = join(folder, 'credentials');
    const secret = 'unknown-secret';
    const write = (id: string, key: string): void =>
      writeFileSync(file, `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${key}\n`);
    write('STRANGER', secret);
    const env = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: join(folder, 'none') };
    await waitsAndJoins(
      { stack: 'ec2', count: 3, words: s3Arguments(server.url), env, secret },
      's3 bucket grid refuses the credentials of this node (InvalidAccessKeyId)',
      () => write(s3Credentials.AWS_ACCESS_KEY_ID, s3Credentials.AWS_SECRET_ACCESS_KEY),
    );
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('waits while Azure refuses its access key, keeps the key to itself, and joins when the account has that key', async () => {
    const key = Buffer.from('not the key of this account yet').toString('base64');
    let server = await Azurite.start();
    const { port } = server;
    await waitsAndJoins(
      { stack: 'azure', count: 3, words: azureArguments(port, key), secret: key },
      'azure container ping of devstoreaccount1 refuses the credentials of this node',
      async () => {
        await server.close();
        server = await Azurite.start(port, key);
      },
    );
    await server.close();
  });

  it('stays out while the bucket is empty and a member lives, until that member has written itself anew', async () => {
    const server = await GoogleStorageServer.start();
    const bucket = new Map<string, Date>();
    server.buckets.set(bucketName, bucket);
    await using cluster = await StackNodes.prepare(2, { arguments: ['--cache-stack=google', ...googleArguments(server.url)] });
    cluster.node(0).start();
    await cluster.settled([0]);
    bucket.clear();
    cluster.node(1).start();
    await cluster.warned([1], 'but none of the members that the database lists (n1 at 127.0.0.1');
    await cluster.settled([0, 1]);
    await server.close();
  });

  it('stays out in another multicast group than the members, and names them', async () => {
    const groups = await freePorts(2);
    await using cluster = await StackNodes.prepare(2, {
      arguments: ['--cache-stack=udp'],
      more: (index) => [`-Djgroups.mcast_port=${groups[index]}`],
    });
    cluster.node(0).start();
    await cluster.settled([0]);
    cluster.node(1).start();
    await cluster.warned([1], 'but none of the members that the database lists (n1 at 127.0.0.1', 2);
    expect(cluster.gapsMs(1, 'but none of the members').every((gap) => gap > lineGapMs)).toBe(true);
    expect(cluster.members(0)).toEqual(['n1']);
  });

  it('waits while its UDP port is taken', async () => {
    const holder = createSocket('udp4');
    await using cluster = await StackNodes.prepare(1, { arguments: ['--cache-stack=jdbc-ping-udp', '-Djgroups.port_range=0'] });
    await new Promise<void>((resolve) => holder.bind(cluster.node(0).options.ports.cluster, '127.0.0.1', resolve));
    cluster.node(0).start();
    await cluster.warned([0], 'is in use by another program');
    await new Promise<void>((resolve) => holder.close(() => resolve()));
    await cluster.settled([0]);
  });

  it('takes the next port where its own is taken and a range is allowed, as by default', async () => {
    const holder = createServer();
    await using cluster = await StackNodes.prepare(1, { arguments: [] });
    const { cluster: port } = cluster.node(0).options.ports;
    await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
    cluster.node(0).start();
    await cluster.settled([0]);
    expect(cluster.log(0)).toContain(`physical addresses are \`[127.0.0.1:${port + 1}]\``);
    await new Promise<void>((resolve) => holder.close(() => resolve()));
  });
});

describe('nodes whose clocks are an hour apart', () => {
  it.skipIf(findFacility('faketime') === undefined)('form one view, whoever made the certificate', async () => {
    const library = '/usr/$LIB/faketime/libfaketime.so.1';
    const shift = ['+1h', '+0h', '-1h'];
    await using cluster = await StackNodes.prepare(3, {
      arguments: [],
      moreEnv: (index) => ({ LD_PRELOAD: library, FAKETIME: shift[index] ?? '+0h', FAKETIME_DONT_FAKE_MONOTONIC: '1' }),
    });
    cluster.node(0).start();
    await cluster.settled([0]);
    cluster.node(1).start();
    cluster.node(2).start();
    await cluster.settled([0, 1, 2]);
    // By the first lines, which these nodes wrote within a minute or so: the clocks of the processes are not this machine's.
    const began = [0, 1, 2].map((index) => Date.parse(cluster.log(index).slice(0, 19)));
    for (const later of [1, 2]) expect((began[later - 1] ?? 0) - (began[later] ?? 0)).toBeGreaterThan(30 * 60_000);
  });
});
