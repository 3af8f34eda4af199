import { describe, expect, it } from 'vitest';
import { TestCluster } from './test-cluster.ts';
import { type ValuePlace, ValueStore } from './value-store.ts';

const kilobyte = 1_024;

function kept(store: ValueStore, bytes: Uint8Array): ValuePlace {
  const place: ValuePlace = { slab: undefined, offset: 0, length: 0 };
  store.keep(place, bytes);
  store.placed(place);
  return place;
}

const read = ({ slab, offset, length }: ValuePlace): number[] => [...(slab?.bytes.subarray(offset, offset + length) ?? [])];

describe('the store of values', () => {
  it('keeps what it was given, whatever comes after it', () => {
    const store = new ValueStore();
    const places = Array.from({ length: 2_000 }, (_, index) => kept(store, new Uint8Array(index % 700).fill(index)));
    for (const [index, place] of places.entries()) expect(read(place)).toEqual([...new Uint8Array(index % 700).fill(index)]);
    expect(read(kept(store, new Uint8Array(300 * kilobyte).fill(7)))).toHaveLength(300 * kilobyte);
  });

  it('holds no memory for what was released', () => {
    const store = new ValueStore();
    const places = Array.from({ length: 5_000 }, () => kept(store, new Uint8Array(kilobyte)));
    for (const place of places) store.released(place);
    expect([store.liveBytes, store.heldBytes]).toEqual([0, 0]);
  });

  it('is wasteful when a few values hold much memory, and no more once they were moved', () => {
    const store = new ValueStore();
    const places = Array.from({ length: 20_000 }, (_, index) => kept(store, new Uint8Array(kilobyte).fill(index)));
    for (const [index, place] of places.entries()) if (index % 50 !== 0) store.released(place);
    expect(store.wasteful).toBe(true);
    const left = places.filter((_, index) => index % 50 === 0);
    for (const place of left) if (store.isSparse(place)) store.move(place);
    expect(store.wasteful).toBe(false);
    for (const [index, place] of left.entries()) expect(read(place)[0]).toBe((index * 50) % 256);
  });
});

describe('values of a member', () => {
  it('are accounted for through overwriting, removal, undo and a new life, and moved when they hold much for little', () => {
    const cluster = new TestCluster([1, 2]);
    cluster.install({ members: [1, 2], owners: [1, 2] });
    cluster.deliver();
    const keys = Array.from({ length: 6_000 }, (_, index) => `key-${index}`);
    const text = 'x'.repeat(kilobyte);
    for (const key of keys) cluster.submit(1, 'put', key, { text });
    cluster.deliver();
    for (const [index, key] of keys.entries()) if (index % 40 !== 0) cluster.submit(2, 'remove', key);
    cluster.deliver();
    const { values } = cluster.cache(1);
    expect(values.liveBytes).toBe(150 * kilobyte);
    expect(values.wasteful).toBe(true);
    cluster.pass(200);
    expect([cluster.cache(1).values.wasteful, cluster.cache(2).values.wasteful]).toEqual([false, false]);
    expect(cluster.copy(2, 'key-40')).toBe(text);
    cluster.drop = ({ message }) => message.kind === 'replicate';
    cluster.submit(1, 'put', 'key-40', { text: 'short' });
    cluster.deliver();
    expect(values.liveBytes).toBe(149 * kilobyte + 5);
    cluster.install({ members: [1, 2], owners: [2, 1] });
    expect(values.liveBytes).toBe(150 * kilobyte);
    cluster.core(1).begin({ id: 1, incarnation: 11 }, cluster.nowMs);
    expect([values.liveBytes, values.heldBytes]).toEqual([0, 0]);
  });
});
