import { describe, expect, it } from 'vitest';
import { HandTime } from '../testing/hand-time.ts';
import type { Bucket } from './bucket.ts';
import { addressOfKey, BucketDiscovery, entryKey } from './bucket-discovery.ts';
import { bucketError } from './bucket-error.ts';

/** A store with a clock of its own, an hour ahead. */
class MemoryBucket implements Bucket {
  readonly name = 'bucket of the test';
  readonly objects = new Map<string, number>();
  readonly #time: HandTime;
  puts = 0;

  constructor(time: HandTime) {
    this.#time = time;
  }

  async put(key: string): Promise<void> {
    this.puts += 1;
    this.objects.set(key, this.#time.nowMs() + 3_600_000);
  }

  async list(prefix: string) {
    return [...this.objects].filter(([key]) => key.startsWith(prefix)).map(([key, modifiedMs]) => ({ key, modifiedMs }));
  }

  async remove(key: string): Promise<void> {
    this.objects.delete(key);
  }

  close(): void {}
}

const { signal } = new AbortController();
const own = (port: number) => ({ cluster: 'ISPN', name: `n${port}`, address: { host: '10.0.0.1', port } });

describe('discovery in a bucket', () => {
  it('finds whoever wrote an object, until it takes it back', async () => {
    const time = new HandTime();
    const bucket = new MemoryBucket(time);
    const [one, two] = [new BucketDiscovery(bucket, 'app', time), new BucketDiscovery(bucket, 'app/', time)];
    await one.round(own(1), signal);
    const found = await two.round(own(2), signal);
    expect(found).toEqual([
      { host: '10.0.0.1', port: 1 },
      { host: '10.0.0.1', port: 2 },
    ]);
    await one.close();
    expect(await two.round(own(2), signal)).toEqual([{ host: '10.0.0.1', port: 2 }]);
  });

  it('writes rarely, and at once where somebody emptied the bucket', async () => {
    const time = new HandTime();
    const bucket = new MemoryBucket(time);
    const one = new BucketDiscovery(bucket, '', time);
    for (let second = 0; second < 14; second += 1) {
      await one.round(own(1), signal);
      await time.pass(1_000);
    }
    expect(bucket.puts).toBe(1);
    bucket.objects.clear();
    await one.round(own(1), signal);
    expect(bucket.objects.size).toBe(1);
  });

  it('takes an object that nobody refreshes for dead, by the clock of the store, and removes it later', async () => {
    const time = new HandTime();
    const bucket = new MemoryBucket(time);
    await new BucketDiscovery(bucket, '', time).round(own(7), signal);
    await bucket.put('ISPN/notes.txt');
    const one = new BucketDiscovery(bucket, '', time);
    await time.pass(80_000);
    expect(await one.round(own(1), signal)).toHaveLength(2);
    await time.pass(20_000);
    expect(await one.round(own(1), signal)).toEqual([{ host: '10.0.0.1', port: 1 }]);
    await time.pass(600_000);
    await one.round(own(1), signal);
    await one.round(own(1), signal);
    expect([...bucket.objects.keys()].filter((key) => key.includes('_7_'))).toEqual([]);
    expect(bucket.objects.has('ISPN/notes.txt')).toBe(true);
  });

  it('names objects so that the address can be read from them, and reads no others', () => {
    const address = { host: 'fd00::1', port: 7_800 };
    expect(addressOfKey('ISPN/', entryKey('ISPN/', address, 'ab12'))).toEqual(address);
    for (const key of ['ISPN/x', 'ISPN/a_99999_ab.list', 'OTHER/a_1_ab.list', 'ISPN/%_1_ab.list', 'ISPN/sub/a_1_ab.list'])
      expect(addressOfKey('ISPN/', key)).toBeUndefined();
  });
});

describe('errors of object stores', () => {
  const error = (fields: object) => bucketError('bucket b', Object.assign(new Error('text of the vendor'), fields)).message;

  it('are told in the same words whatever the vendor calls them', () => {
    expect(error({ name: 'NoSuchBucket' })).toBe('GRID_DISCOVERY_FAILED: bucket b does not exist (NoSuchBucket)');
    expect(error({ details: { errorCode: 'ContainerNotFound' } })).toContain('does not exist (ContainerNotFound)');
    expect(error({ code: 404 })).toContain('does not exist (404)');
    expect(error({ name: 'SignatureDoesNotMatch' })).toContain('refuses the credentials of this node (SignatureDoesNotMatch)');
    expect(error({ statusCode: 403 })).toContain('refuses the credentials of this node (403)');
    expect(error({ name: 'RequestTimeTooSkewed' })).toContain('set the clock of this machine');
    expect(error({ code: 'ECONNREFUSED' })).toContain('cannot be reached (ECONNREFUSED)');
    expect(error({ cause: { code: 'ENOTFOUND' } })).toContain('cannot be reached (ENOTFOUND)');
    expect(error({ name: 'AbortError' })).toContain('does not answer in time');
    expect(error({})).toContain('cannot be used: text of the vendor');
  });
});
