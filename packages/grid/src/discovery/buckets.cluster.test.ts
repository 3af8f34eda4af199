import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemTime } from '../facade/time.ts';
import { GoogleStorageServer } from '../testing/google-storage-server.ts';
import { S3Server, s3Credentials } from '../testing/s3-server.ts';
import type { Bucket } from './bucket.ts';
import { BucketDiscovery } from './bucket-discovery.ts';
import { openGoogleBucket } from './google-bucket.ts';
import { openS3Bucket } from './s3-bucket.ts';

const signal = () => AbortSignal.timeout(30_000);
const own = (port: number) => ({ cluster: 'ISPN', name: `n${port}`, address: { host: '10.0.0.1', port } });
const region = 'eu-central-1';

/** Two members find each other, one leaves. */
async function meet(open: () => Promise<Bucket>): Promise<void> {
  const [one, two] = [new BucketDiscovery(await open(), 'test', systemTime), new BucketDiscovery(await open(), 'test', systemTime)];
  await one.round(own(1), signal());
  const both = [own(1).address, own(2).address];
  expect(await two.round(own(2), signal())).toEqual(both);
  expect(await one.round(own(1), signal())).toEqual(both);
  await one.close();
  expect(await two.round(own(2), signal())).toEqual([own(2).address]);
  await two.close();
}

describe('discovery in an S3 bucket, through the SDK of AWS against an emulator', () => {
  let server: S3Server;
  const open = (endpoint = server.url, bucket = 'grid') => openS3Bucket({ bucket, region, endpoint, pathStyle: true });
  beforeAll(async () => {
    server = await S3Server.start('grid');
  });
  afterAll(() => server.close());
  afterEach(() => vi.unstubAllEnvs());
  const use = (credentials: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value);
  };

  it('finds whoever is there', async () => {
    use(s3Credentials);
    await meet(open);
  });

  it('says what is wrong: no such bucket, refused credentials, nobody there', async () => {
    use(s3Credentials);
    const round = async (bucket: Promise<Bucket>) => new BucketDiscovery(await bucket, '', systemTime).round(own(1), signal());
    await expect(round(open(server.url, 'none'))).rejects.toThrow('s3 bucket none does not exist (NoSuchBucket)');
    await expect(round(open('http://127.0.0.1:9'))).rejects.toThrow('s3 bucket grid cannot be reached (ECONNREFUSED)');
    use({ AWS_ACCESS_KEY_ID: 'STRANGER', AWS_SECRET_ACCESS_KEY: 'wrong' });
    await expect(round(open())).rejects.toThrow('s3 bucket grid refuses the credentials of this node (InvalidAccessKeyId)');
  });
});

describe('discovery in a bucket of Google Cloud, through its SDK', () => {
  let server: GoogleStorageServer;
  const open = (bucket = 'grid', project: string | undefined = undefined) => openGoogleBucket({ bucket, project, endpoint: server.url });
  beforeAll(async () => {
    server = await GoogleStorageServer.start();
    server.buckets.set('grid', new Map());
  });
  afterAll(() => server.close());

  it('finds whoever is there', async () => {
    await meet(open);
  });

  it('makes the bucket in the project that is named, whoever of two is first, and in no other', async () => {
    server.project = 'own';
    const rounds = await Promise.all(
      [1, 2].map(async (port) => {
        const member = new BucketDiscovery(await open('made', 'own'), '', systemTime);
        return member.round(own(port), signal());
      }),
    );
    expect(rounds.flat()).toContainEqual(own(1).address);
    expect(server.buckets.get('made')?.size).toBe(2);
    const stranger = new BucketDiscovery(await open('other', 'strange'), '', systemTime);
    await expect(stranger.round(own(1), signal())).rejects.toThrow(
      'google bucket other does not exist, and making it in project strange fails: the store refuses the credentials of this node (403)',
    );
    expect(server.buckets.has('other')).toBe(false);
  });

  it('says what is wrong: no such bucket, refused credentials', async () => {
    const round = async (bucket: Promise<Bucket>) => new BucketDiscovery(await bucket, '', systemTime).round(own(1), signal());
    await expect(round(open('none'))).rejects.toThrow('google bucket none does not exist');
    server.refusing = 403;
    await expect(round(open())).rejects.toThrow('google bucket grid refuses the credentials of this node (403)');
    server.refusing = undefined;
  });
});
