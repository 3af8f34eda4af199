import { describe, expect, it } from 'vitest';
import type { Cache, CallOptions } from '../api.ts';
import { TestMembers } from './test-members.ts';

type Texts = Cache<string, string>;

const operations: Readonly<Record<string, (cache: Texts, options: CallOptions) => Promise<unknown>>> = {
  get: (cache, options) => cache.get('k', options),
  getVersioned: (cache, options) => cache.getVersioned('k', options),
  getAll: (cache, options) => cache.getAll(['k'], options),
  getOrLoad: (cache, options) => cache.getOrLoad('k', async () => 'v', options),
  put: (cache, options) => cache.put('k', 'v', options),
  putIfAbsent: (cache, options) => cache.putIfAbsent('k', 'v', options),
  replace: (cache, options) => cache.replace('k', 'v', options),
  replaceIfVersion: (cache, options) => cache.replaceIfVersion('k', 'v', '1.1', options),
  remove: (cache, options) => cache.remove('k', options),
  removeIfVersion: (cache, options) => cache.removeIfVersion('k', '1.1', options),
  getAndRemove: (cache, options) => cache.getAndRemove('k', options),
  touch: (cache, options) => cache.touch('k', options),
  update: (cache, options) => cache.update('k', 'keep', undefined, options),
  clear: (cache, options) => cache.clear(options),
  size: (cache, options) => cache.size(options),
  scan: (cache, options) => cache.scan(options),
  entries: async (cache, options) => {
    const keys: string[] = [];
    for await (const [key] of cache.entries(options)) keys.push(key);
    return keys;
  },
};

describe('every operation', () => {
  const updates = { keep: () => ({ value: 'keep' as const, result: undefined }) };

  for (const [name, run] of Object.entries(operations)) {
    it(`${name} ends when its signal says so, before it begins and under way`, async () => {
      const [, cache] = new TestMembers(3).caches<string>('abortable', { updates });
      const reason = new Error('the client hung up');
      await expect(run(cache, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code: 'GRID_ABORTED', cause: reason });
      const controller = new AbortController();
      const running = run(cache, { signal: controller.signal });
      controller.abort(reason);
      await expect(running).rejects.toMatchObject({ code: 'GRID_ABORTED', cause: reason });
      await run(cache, { signal: new AbortController().signal });
    });
  }
});

it('refuses values, times and functions that cannot be', async () => {
  const [cache] = new TestMembers(3).caches<string>('strict');
  await expect(cache.put('k', undefined as unknown as string)).rejects.toThrow(/GRID_BAD_ARGUMENT: value undefined in cache strict/);
  await expect(cache.put('k', 'v', { lifespanMs: -5 })).rejects.toThrow(/lifespanMs is -5/);
  await expect(cache.put('k', 'v', { maxIdleMs: Number.NaN })).rejects.toThrow(/maxIdleMs is NaN/);
  await expect(cache.update('k', 'nowhere', 1)).rejects.toThrow(/cache strict has no update function 'nowhere'/);
});

it('tells a hook of each operation and of its end, and survives hooks and listeners that throw', async () => {
  const members = new TestMembers(3);
  const [, cache] = members.caches<string>('traced');
  const seen: unknown[] = [];
  members.hooks = {
    operation: (start) => {
      seen.push(start);
      return (end) => seen.push(end);
    },
  };
  await cache.put('k', 'v');
  await expect(cache.get('k', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'GRID_ABORTED' });
  expect(seen).toEqual([
    { cache: 'traced', operation: 'put', segment: expect.any(Number), primary: 'n1' },
    { code: undefined, tookMs: 0 },
    { cache: 'traced', operation: 'get', segment: expect.any(Number), primary: 'n1' },
    { code: 'GRID_ABORTED', tookMs: 0 },
  ]);
  members.hooks = {
    operation: () => {
      throw new Error('hook');
    },
  };
  const heard: string[] = [];
  cache.on('stored', () => {
    throw new Error('listener');
  });
  cache.on('stored', (key) => heard.push(key));
  await cache.put('other', 'v');
  await expect.poll(() => heard).toEqual(['other']);
  expect(members.failures).toEqual(['the hook of operation put: hook', "a listener of 'stored' of cache traced: listener"]);
});

it('runs listeners after the fact and in order, so that they may call the cache again', async () => {
  const [cache] = new TestMembers(3).caches<string>('chained');
  const heard: string[] = [];
  cache.on('stored', (key) => {
    heard.push(`stored ${key}`);
    if (key === 'a') void cache.remove('a');
  });
  using _removed = cache.on('removed', (key) => heard.push(`removed ${key}`));
  await cache.put('a', '1');
  await expect.poll(() => heard).toEqual(['stored a', 'removed a']);
  expect(await cache.size()).toBe(0);
});

describe('getOrLoad', () => {
  it('loads once for all callers of a member and keeps what it brought', async () => {
    const [a, b] = new TestMembers(3).caches<string>('loaded');
    let loads = 0;
    const load = async (key: string) => {
      loads += 1;
      await Promise.resolve();
      return `value of ${key}`;
    };
    const values = await Promise.all(Array.from({ length: 10 }, () => a.getOrLoad('k', load)));
    expect(new Set(values)).toEqual(new Set(['value of k']));
    expect(await b.getOrLoad('k', () => Promise.reject(new Error('not needed')))).toBe('value of k');
    expect(loads).toBe(1);
    expect(await a.getOrLoad('nothing', async () => undefined)).toBeUndefined();
    await expect(a.getOrLoad('bad', () => Promise.reject(new Error('no database')))).rejects.toThrow('no database');
    expect(await a.getOrLoad('bad', load)).toBe('value of bad');
  });

  it('hands out what another member stored meanwhile', async () => {
    const [a, b] = new TestMembers(3).caches<string>('raced');
    const value = await a.getOrLoad('k', async () => {
      await b.put('k', 'newer');
      return 'older';
    });
    expect(value).toBe('newer');
  });
});
