import { describe, expect, it } from 'vitest';
import { LocalCache } from './local-cache.ts';

function cacheAt(clock = { now: 0 }, maxCount = 100, lifespanSeconds?: number, maxIdleSeconds?: number) {
  return new LocalCache({
    name: 'realms',
    maxCount,
    lifespanSeconds,
    maxIdleSeconds,
    clock: { nowMs: () => clock.now, nowSeconds: () => Math.floor(clock.now / 1000) },
  });
}

/** A load whose end the test decides. */
function slowLoad<T>(tags: readonly string[]) {
  const { promise, resolve } = Promise.withResolvers<T>();
  let count = 0;
  return {
    load: async () => {
      count += 1;
      return { value: await promise, tags };
    },
    finish: resolve,
    count: () => count,
  };
}

describe('a local cache', () => {
  it('loads once for a hundred concurrent misses of one key', async () => {
    const cache = cacheAt();
    const slow = slowLoad<string>(['a']);
    const asked = Array.from({ length: 100 }, () => cache.get('k', slow.load));
    slow.finish('value');
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['value']));
    expect(slow.count()).toBe(1);
  });

  it('loads once for the hundred who come after a change of their realm, not once for each (Keycloak #22988)', async () => {
    const cache = cacheAt();
    await cache.get('k', async () => ({ value: 'before', tags: ['realm'] }));
    cache.invalidate(['realm']);
    const slow = slowLoad<string>(['realm']);
    const asked = Array.from({ length: 100 }, () => cache.get('k', slow.load));
    slow.finish('after');
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['after']));
    expect(slow.count()).toBe(1);
  });

  it('drops what nobody asked for as long as the idle time, and keeps what is in use', async () => {
    const clock = { now: 0 };
    const cache = cacheAt(clock, 100, undefined, 60);
    let loads = 0;
    const ask = (key: string) => cache.get(key, async () => ({ value: ++loads, tags: [] }));
    await ask('used');
    await ask('idle');
    clock.now = 59_000;
    expect(await ask('used')).toBe(1);
    clock.now = 61_000;
    expect([await ask('used'), await ask('idle')]).toEqual([1, 3]);
  });

  it('is loaded anew on demand, by one load, and keeps what it has where that fails', async () => {
    const cache = cacheAt();
    await cache.get('k', async () => ({ value: 'old', tags: [] }));
    await expect(cache.reload('k', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await cache.get('k', async () => undefined)).toBe('old');
    const slow = slowLoad<string>([]);
    const asked = [cache.reload('k', slow.load), cache.reload('k', slow.load)];
    slow.finish('new');
    expect(await Promise.all(asked)).toEqual(['new', 'new']);
    expect(slow.count()).toBe(1);
    expect(await cache.get('k', async () => undefined)).toBe('new');
  });

  it('keeps nothing of a load that an invalidation of its tag overtook', async () => {
    const cache = cacheAt();
    const slow = slowLoad<string>(['realm:1']);
    const before = cache.get('k', slow.load);
    cache.invalidate(['realm:1']);
    slow.finish('old');
    expect(await before).toBe('old');
    expect(await cache.get('k', async () => ({ value: 'new', tags: ['realm:1'] }))).toBe('new');
  });

  it('does not let those who ask after an invalidation share a load from before it', async () => {
    const cache = cacheAt();
    const slow = slowLoad<string>(['realm:1']);
    const before = cache.get('k', slow.load);
    cache.invalidate(['realm:1']);
    const after = cache.get('k', async () => ({ value: 'new', tags: ['realm:1'] }));
    slow.finish('old');
    expect([await before, await after]).toEqual(['old', 'new']);
    expect(await cache.get('k', async () => undefined)).toBe('new');
  });

  it('keeps a load that an invalidation of something else passed by', async () => {
    const cache = cacheAt();
    const slow = slowLoad<string>(['realm:1']);
    const asked = cache.get('k', slow.load);
    cache.invalidate(['realm:2']);
    slow.finish('value');
    await asked;
    expect(await cache.get('k', async () => undefined)).toBe('value');
  });

  it('drops exactly what carries the tag: a change of one role does not empty the realm', async () => {
    const cache = cacheAt();
    await cache.get('role:1', async () => ({ value: 'r1', tags: ['realm-all:x', 'role:1'] }));
    await cache.get('role:2', async () => ({ value: 'r2', tags: ['realm-all:x', 'role:2'] }));
    cache.invalidate(['role:1']);
    expect(await cache.get('role:2', async () => undefined)).toBe('r2');
    expect(await cache.get('role:1', async () => undefined)).toBeUndefined();
    cache.invalidate(['realm-all:x']);
    expect(cache.statistics.entries).toBe(0);
  });

  it('never holds more than its bound and counts evictions', async () => {
    const cache = cacheAt(undefined, 10);
    for (let index = 0; index < 50; index += 1) await cache.get(`k${index}`, async () => ({ value: index, tags: [`t${index}`] }));
    expect(cache.statistics).toMatchObject({ entries: 10, evictions: 40 });
  });

  it('keeps what is asked for again when others pass through', async () => {
    const cache = cacheAt(undefined, 10);
    let loads = 0;
    const hot = () =>
      cache.get('hot', async () => {
        loads += 1;
        return { value: 1, tags: [] };
      });
    for (let index = 0; index < 200; index += 1) {
      await hot();
      await cache.get(`k${index}`, async () => ({ value: index, tags: [] }));
    }
    expect(loads).toBeLessThan(3);
  });

  it('loads again when the lifespan is over', async () => {
    const clock = { now: 0 };
    const cache = cacheAt(clock, 10, 60);
    await cache.get('k', async () => ({ value: 1, tags: [] }));
    clock.now = 59_999;
    expect(await cache.get('k', async () => ({ value: 2, tags: [] }))).toBe(1);
    clock.now = 60_000;
    expect(await cache.get('k', async () => ({ value: 2, tags: [] }))).toBe(2);
  });

  it('caches no failure', async () => {
    const cache = cacheAt();
    await expect(cache.get('k', async () => Promise.reject(new Error('database away')))).rejects.toThrow('database away');
    expect(await cache.get('k', async () => ({ value: 1, tags: [] }))).toBe(1);
  });

  it('is empty after a clear, also of what is being loaded', async () => {
    const cache = cacheAt();
    const slow = slowLoad<string>(['a']);
    const asked = cache.get('k', slow.load);
    cache.clear();
    slow.finish('old');
    await asked;
    expect(cache.statistics.entries).toBe(0);
  });
});

describe('a local cache that nobody tells of changes', () => {
  it('asks for every read, keeps nothing, and begins empty when it is told again', async () => {
    const cache = cacheAt();
    let truth = 1;
    const load = async () => ({ value: truth, tags: ['a'] });
    await cache.get('k', load);
    const slow = slowLoad<number>(['a']);
    const overtaken = cache.get('slow', slow.load);
    cache.passThrough(true);
    slow.finish(0);
    await overtaken;
    for (truth of [2, 3]) {
      expect(await cache.get('k', load)).toBe(truth);
      expect(await cache.reload('k', load)).toBe(truth);
    }
    expect(cache.statistics.entries).toBe(0);
    cache.passThrough(false);
    expect(await cache.get('slow', load)).toBe(3);
    truth = 4;
    expect(await cache.get('slow', load)).toBe(3);
  });
});

describe('what a local cache tells its observer', () => {
  it('is every read and store, also of those who wait for the load of another', async () => {
    const clock = { now: 0 };
    const told: string[] = [];
    const cache = new LocalCache({
      name: 'users',
      maxCount: 10,
      clock: { nowMs: () => clock.now, nowSeconds: () => 0 },
      observe: (kind, tookMs) => void told.push(`${kind} ${tookMs}`),
    });
    const slow = slowLoad<string>(['a']);
    const both = [cache.get('k', slow.load), cache.get('k', slow.load)];
    clock.now = 7;
    slow.finish('v');
    await Promise.all(both);
    await cache.get('k', slow.load);
    expect(told.toSorted()).toEqual(['hit 0', 'miss 7', 'miss 7', 'store 0']);
    cache.invalidate(['a', 'nobody']);
    expect(cache.statistics).toMatchObject({ invalidations: 1, invalidationMisses: 1 });
  });

  it('counts what may make a value stale, also where it holds nothing of it any more', async () => {
    const cache = cacheAt();
    const before = cache.generation;
    cache.invalidate(['realm:unknown']);
    const after = cache.generation;
    expect(after).not.toBe(before);
    await cache.get('realm:1', async () => ({ value: 1, tags: ['realm:1'] }));
    expect(cache.generation).toBe(after);
    cache.clear();
    expect(cache.generation).not.toBe(after);
  });

  it('has no count while reads pass through, or where values end by their time', () => {
    const cache = cacheAt();
    cache.passThrough(true);
    expect(cache.generation).toBeUndefined();
    cache.passThrough(false);
    expect(cache.generation).toBeDefined();
    expect(cacheAt({ now: 0 }, 100, 60).generation).toBeUndefined();
  });
});
