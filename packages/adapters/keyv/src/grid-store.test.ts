import type { GridNode } from '@keygrid/grid';
import { MemoryAuthority, MemoryNetwork, startGrid } from '@keygrid/grid/testing';
import { createCache } from 'cache-manager';
import Keyv from 'keyv';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { GridStore } from './grid-store.ts';

let nodes: GridNode[] = [];

beforeAll(async () => {
  const [authority, network] = [new MemoryAuthority(), new MemoryNetwork()];
  nodes = await Promise.all(['n1', 'n2'].map((nodeName) => startGrid({ nodeName }, { authority, transport: network.transport() })));
  await vi.waitFor(
    () => expect(nodes.map((node) => `${node.view.members.length} ${node.view.phase}`)).toEqual(['2 STABLE', '2 STABLE']),
    20_000,
  );
}, 30_000);
afterAll(() => Promise.all(nodes.map((node) => node.stop())));

const storesOf = (name: string) => nodes.map((node) => new GridStore(node.cache<string, unknown>(name))) as [GridStore, GridStore];

describe('GridStore', () => {
  it('shows on one member what was set on another', async () => {
    const [first, second] = storesOf('shared').map((store) => new Keyv({ store })) as [Keyv, Keyv];
    await first.set('k', { user: 'ann' });
    expect(await second.get('k')).toEqual({ user: 'ann' });
    expect(await second.getMany(['k', 'none'])).toEqual([{ user: 'ann' }, undefined]);
    expect(await second.hasMany(['k', 'none'])).toEqual([true, false]);
    expect(await second.delete('k')).toBe(true);
    expect(await first.has('k')).toBe(false);
  });

  it('gives entries the time to live as their lifespan', async () => {
    const [store] = storesOf('short');
    const keyv = new Keyv({ store });
    await keyv.set('short', 1, 50);
    await keyv.set('long', 2, 60_000);
    await keyv.set('default', 3, 0);
    await expect.poll(() => store.has('keyv:short'), { timeout: 5_000 }).toBe(false);
    expect(await keyv.getMany(['short', 'long', 'default'])).toEqual([undefined, 2, 3]);
  });

  it('clears and iterates one namespace of several in a cache', async () => {
    const [one, other] = ['one', 'other'].map(
      (namespace) => new Keyv({ store: new GridStore((nodes[0] as GridNode).cache('spaces')), namespace }),
    ) as [Keyv, Keyv];
    for (let index = 0; index < 200; index++) await Promise.all([one.set(`k${index}`, index), other.set(`k${index}`, -index)]);
    const seen: unknown[] = [];
    for await (const [key, value] of one.iterator?.({}) ?? []) seen.push([key, value]);
    expect(seen).toHaveLength(200);
    expect(seen).toContainEqual(['k7', 7]);
    await one.clear();
    expect(await one.get('k7')).toBeUndefined();
    expect(await other.get('k7')).toBe(-7);
  });

  it("hands errors to Keyv's callers as it hands those of other stores", async () => {
    const keyv = new Keyv({ store: storesOf('failing')[0], throwOnErrors: true });
    keyv.on('error', () => {});
    await expect(keyv.set('k'.repeat(2_000), 1)).rejects.toMatchObject({ code: 'GRID_BAD_ARGUMENT' });
  });
});

describe('cache-manager, and with it the cache module of NestJS', () => {
  const managers = () => storesOf('managed').map((store) => createCache({ stores: [new Keyv({ store })] }));

  it('shares its entries over the members', async () => {
    const [first, second] = managers();
    await first?.set('k', 'v', 60_000);
    expect(await second?.get('k')).toBe('v');
    await second?.mset([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    expect(await first?.mget(['a', 'b', 'none'])).toEqual([1, 2, undefined]);
    await first?.del('a');
    expect(await second?.get('a')).toBeUndefined();
    await second?.clear();
    expect(await first?.get('b')).toBeUndefined();
  });

  it('computes a wrapped value once for all members', async () => {
    const [first, second] = managers();
    let computed = 0;
    const compute = async () => {
      computed += 1;
      return 'costly';
    };
    expect(await first?.wrap('report', compute, 60_000)).toBe('costly');
    expect(await second?.wrap('report', compute, 60_000)).toBe('costly');
    expect(computed).toBe(1);
  });
});
