import { describe, expect, it } from 'vitest';
import { TestMembers } from './test-members.ts';

interface Session {
  readonly user: string;
  readonly count: number;
}

describe('a distributed cache', () => {
  it('stores plain values and finds them from every member', async () => {
    const [a, b, c] = new TestMembers(3).caches<Session>('sessions');
    await c.put('s', { user: 'ann', count: 1 });
    expect(await a.get('s')).toEqual({ user: 'ann', count: 1 });
    expect(await b.get('missing')).toBeUndefined();
    expect(await b.putIfAbsent('s', { user: 'bob', count: 2 })).toEqual({ user: 'ann', count: 1 });
    const versioned = await c.getVersioned('s');
    expect(await b.replaceIfVersion('s', { user: 'ann', count: 2 }, versioned?.version ?? '')).toBe(true);
    expect(await a.replaceIfVersion('s', { user: 'ann', count: 3 }, versioned?.version ?? '')).toBe(false);
    expect(await a.replaceIfVersion('s', { user: 'ann', count: 3 }, 'nonsense')).toBe(false);
    expect(await a.getAll(['s', 'missing'])).toEqual(new Map([['s', { user: 'ann', count: 2 }]]));
    expect(await a.getAndRemove('s')).toEqual({ user: 'ann', count: 2 });
    expect(await c.remove('s')).toBe(false);
    expect(a.isPrimary('s')).toBe(true);
    expect(b.isPrimary('s')).toBe(false);
    expect(b.primaryOf('s')).toBe('n1');
  });

  it('runs an update function once on the primary and hands its result back', async () => {
    const updates = {
      count: (current: Session | undefined, argument: unknown) => {
        const next = { user: String(argument), count: (current?.count ?? 0) + 1 };
        return { value: next, result: next.count };
      },
      fail: () => {
        throw new Error('no luck');
      },
      drop: () => ({ value: undefined, result: 'gone' }),
      look: (current: Session | undefined) => ({ value: 'keep' as const, result: current?.user }),
    };
    const [a, b, c] = new TestMembers(3).caches<Session>('failures', { updates });
    const counts = await Promise.all([a, b, c, a, b, c].map((cache) => cache.update<number>('u', 'count', 'ann')));
    expect(counts.sort()).toEqual([1, 2, 3, 4, 5, 6]);
    await expect(c.update('u', 'fail', undefined)).rejects.toMatchObject({
      code: 'GRID_UPDATE_FAILED',
      message: expect.stringContaining('no luck'),
    });
    expect(await b.update('u', 'look', undefined)).toBe('ann');
    expect(await b.update('u', 'drop', undefined)).toBe('gone');
    expect(await a.get('u')).toBeUndefined();
  });

  it('counts, iterates and clears', async () => {
    const [a, b] = new TestMembers(3).caches<number>('numbers');
    const keys = Array.from({ length: 300 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key, index) => a.put(key, index)));
    expect(await b.size()).toBe(300);
    const seen = new Map<string, number>();
    for await (const [key, value] of b.entries({ batchSize: 1 })) seen.set(key, value);
    expect([...seen.keys()].sort()).toEqual([...keys].sort());
    await b.clear();
    expect(await a.size()).toBe(0);
  });

  it('keeps keys of one partition together', async () => {
    const members = new TestMembers(3);
    const [a] = members.caches<number>('grouped', { partitionKey: (key) => key.split(':')[0] ?? key });
    await Promise.all(Array.from({ length: 20 }, (_, index) => a.put(`group:${index}`, index)));
    const state = [...(members.sides[0]?.core.node.caches.values() ?? [])][0];
    expect(state?.segments.filter((segment) => (segment?.entries.size ?? 0) > 0)).toHaveLength(1);
  });

  it('forgets entries after lifespan or idle time, on all owners', async () => {
    const members = new TestMembers(3);
    const [a, b] = members.caches<number>('expiring', { lifespanMs: 5_000 });
    const expired: string[] = [];
    using _listening = b.on('expired', (key) => expired.push(key));
    await a.put('long', 1);
    await a.put('short', 2, { lifespanMs: 100 });
    await a.put('idle', 3, { lifespanMs: -1, maxIdleMs: 1_000 });
    members.pass(99);
    expect(await b.get('short')).toBe(2);
    members.nowMs += 1;
    expect(await b.get('short')).toBeUndefined();
    members.pass(800);
    expect(await b.touch('idle')).toBe(true);
    members.pass(800);
    expect(await b.get('idle')).toBe(3);
    members.pass(1_001);
    expect(await b.get('idle')).toBeUndefined();
    expect(await a.get('long')).toBe(1);
    members.pass(5_000);
    await Promise.resolve();
    members.pass(300);
    await expect.poll(() => expired.sort()).toEqual(['idle', 'long', 'short']);
    expect(a.statistics.entries).toBe(0);
  });

  it('refuses what is out of bounds, and aborts', async () => {
    const [a] = new TestMembers(3).caches<string>('bounded');
    await expect(a.get('x'.repeat(1_025))).rejects.toMatchObject({ code: 'GRID_BAD_ARGUMENT' });
    await expect(a.get('\ud800')).rejects.toMatchObject({ code: 'GRID_BAD_ARGUMENT' });
    await expect(a.put('k', 'x'.repeat(600_000))).rejects.toMatchObject({ code: 'GRID_BAD_ARGUMENT' });
    await expect(a.get('k', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'GRID_ABORTED' });
    const controller = new AbortController();
    const put = a.put('k', 'v', { signal: controller.signal });
    controller.abort();
    await expect(put).rejects.toMatchObject({ code: 'GRID_ABORTED' });
  });

  it('waits no longer than the caller said', async () => {
    const members = new TestMembers(3);
    const [a] = members.caches<string>('patience');
    const put = a.put('k', 'v', { waitMs: 100 });
    members.pass(100);
    await expect(put).rejects.toMatchObject({ code: 'GRID_ABORTED' });
    expect(await a.get('k', { waitMs: 100 })).toBe('v');
  });
});

describe('other modes', () => {
  it('reads a replicated cache locally on every member', async () => {
    const members = new TestMembers(3);
    const [a, b, c] = members.caches<number>('work', { mode: 'replicated' });
    await c.put('k', 1);
    expect([await a.get('k'), await b.get('k'), await c.get('k')]).toEqual([1, 1, 1]);
    expect([a, b, c].map((cache) => cache.statistics.entries)).toEqual([1, 1, 1]);
    expect([a, b, c].every((cache) => cache.isPrimary('k'))).toBe(true);
  });

  it('keeps a local cache to its member and evicts the unused', async () => {
    const members = new TestMembers(3);
    const [a, b] = members.caches<number>('realms', { mode: 'local', maxCount: 10 });
    for (let index = 0; index < 10; index++) await a.put(`k${index}`, index);
    await a.get('k0');
    await a.put('k10', 10);
    expect(await a.get('k0')).toBe(0);
    expect(await a.get('k1')).toBeUndefined();
    expect(a.statistics).toMatchObject({ entries: 10, evictions: 1, misses: 1 });
    expect(await b.get('k0')).toBeUndefined();
  });

  it('refuses eviction where it would leave stale copies', () => {
    const members = new TestMembers(3);
    expect(() => members.caches('bad', { maxCount: 10 })).toThrowError(/GRID_BAD_CONFIGURATION/);
    expect(() => members.caches('bad', { mode: 'replicated', maxCount: 10 })).toThrowError(/maxCount is 10, allowed only with one owner/);
    expect(() => members.caches('bad', { owners: 17 })).toThrowError(/owners is 17, allowed are 1 to 16/);
    expect(() => members.caches('bad', { lifespanMs: Number.NaN })).toThrowError(/lifespanMs is NaN/);
    expect(() => members.caches('bad', { mode: 'remote' as 'local' })).toThrowError(/mode is 'remote', allowed are distributed/);
  });
});

it('a cache may narrow its keys and values by type, also where it hands them out', async () => {
  const [side] = new TestMembers(3).sides;
  const carts = side?.cache<`cart-${number}`, { readonly items: number }>('carts');
  await carts?.put('cart-1', { items: 2 });
  // @ts-expect-error: no key of this cache
  await carts?.put('basket-1', { items: 2 });
  // @ts-expect-error: no value of this cache
  await carts?.put('cart-2', { item: 2 });
  const names: `cart-${number}`[] = [];
  for await (const [name, { items }] of carts ?? []) if (items === 2) names.push(name);
  expect(names).toContain('cart-1');
});

describe('members that open a cache differently', () => {
  it('are told so, on one member and across members', async () => {
    const members = new TestMembers(3);
    const [first, second] = members.sides;
    const cache = first?.cache<string, number>('codes', { owners: 2, lifespanMs: 1_000 });
    expect(first?.cache('codes')).toBe(cache);
    expect(first?.cache('codes', { owners: 2 })).toBe(cache);
    expect(() => first?.cache('codes', { lifespanMs: 5 })).toThrow(/cache codes: lifespanMs is 5, but it was opened with 1000/);
    expect(() => first?.cache('codes', { mode: 'local' })).toThrow(/mode is local, but it was opened with the default/);
    const other = second?.cache<string, number>('codes', { owners: 3 });
    await expect(other?.put('k', 1)).rejects.toMatchObject({ code: 'GRID_CACHE_MISMATCH' });
    second?.cache<string, number>('alone', { mode: 'distributed' });
    first?.cache<string, number>('alone', { mode: 'local' });
    await expect(second?.cache<string, number>('alone').put('k', 1)).rejects.toMatchObject({ code: 'GRID_CACHE_MISMATCH' });
  });
});

describe('topics', () => {
  it('answers true when every other member has run its handlers', async () => {
    const members = new TestMembers(3);
    const got: unknown[] = [];
    for (const side of members.sides) {
      side.topic('work').subscribe(async (payload, sender) => {
        await Promise.resolve();
        got.push([payload, sender]);
      });
    }
    expect(await members.sides[0]?.topic('work').publish({ drop: ['realm:1'] })).toBe(true);
    expect(got).toEqual([
      [{ drop: ['realm:1'] }, 'n1'],
      [{ drop: ['realm:1'] }, 'n1'],
    ]);
  });

  it('answers false when a handler does not end in time', async () => {
    const members = new TestMembers(3);
    members.sides[1]?.topic('work').subscribe(() => new Promise(() => {}));
    const published = members.sides[0]?.topic('work').publish('x', { timeoutMs: 1_000 });
    await Promise.resolve();
    members.pass(1_001);
    expect(await published).toBe(false);
  });
});
