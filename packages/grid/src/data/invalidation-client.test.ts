import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TestMembers } from './test-members.ts';

function realms() {
  const members = new TestMembers(3);
  const [a, b, c] = members.caches<string>('realms', { mode: 'invalidation', maxCount: 100 });
  const truth = new Map([['master', 'v1']]);
  const load = async (key: string) => truth.get(key);
  return { members, a, b, c, truth, load };
}

describe('an invalidation cache', () => {
  it('keeps what each member loaded, and drops it everywhere before a write returns (L1)', async () => {
    const { a, b, c, truth, load } = realms();
    for (const cache of [a, b, c]) expect(await cache.getOrLoad('master', load)).toBe('v1');
    expect([a, b, c].map((cache) => cache.statistics.entries)).toEqual([1, 1, 1]);
    truth.set('master', 'v2');
    await b.put('master', 'v2');
    for (const cache of [a, b, c]) expect(await cache.get('master')).toBeUndefined();
    for (const cache of [a, b, c]) expect(await cache.getOrLoad('master', load)).toBe('v2');
    expect(await c.remove('master')).toBe(true);
    expect(await a.get('master')).toBeUndefined();
    await a.getOrLoad('master', load);
    await c.clear();
    expect(await a.size()).toBe(0);
  });

  it('does not keep a load that an invalidation overtook, nor hand it to who asks afterwards (L2)', async () => {
    const { a, b, truth } = realms();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const slow = a.getOrLoad('master', async (key) => {
      const read = truth.get(key);
      begin();
      await gate;
      return read;
    });
    await begun;
    truth.set('master', 'v2');
    await b.put('master', 'v2');
    const later = a.getOrLoad('master', async (key) => truth.get(key));
    open();
    expect(await slow).toBe('v1');
    expect(await later).toBe('v2');
    expect(await a.get('master')).toBe('v2');
  });

  it('answers nothing without a lease, and has forgotten all when it comes back (L3)', async () => {
    const { members, a, b, load } = realms();
    await a.getOrLoad('master', load);
    members.pass(50);
    members.fenced.add(1);
    await expect(a.get('master')).rejects.toMatchObject({ code: 'GRID_FENCED' });
    await expect(a.put('master', 'v2')).rejects.toMatchObject({ code: 'GRID_FENCED' });
    members.pass(50);
    members.fenced.delete(1);
    expect(await a.get('master')).toBeUndefined();
    expect(await b.getOrLoad('master', load)).toBe('v1');
  });

  it('says so when a member did not acknowledge', async () => {
    const { members, a } = realms();
    members.silent.add(3);
    const put = a.put('master', 'v2');
    put.catch(() => {});
    await setImmediate();
    members.pass(10_001);
    await expect(put).rejects.toThrow(/GRID_TIMEOUT: cache realms: not all members/);
  });

  it('refuses what needs one truth in the grid', async () => {
    const { members, a } = realms();
    await expect(a.getAndRemove('master')).rejects.toThrow(/getAndRemove is impossible in cache realms of mode invalidation/);
    await expect(a.putIfAbsent('master', 'v')).rejects.toMatchObject({ code: 'GRID_BAD_ARGUMENT' });
    expect(() => members.caches('counted', { mode: 'invalidation', updates: {} })).toThrow(/update functions are impossible/);
  });
});
