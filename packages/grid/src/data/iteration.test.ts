import { expect, it } from 'vitest';
import { TestMembers } from './test-members.ts';

async function filled(count: number) {
  const members = new TestMembers(3);
  const caches = members.caches<number>('numbers');
  const keys = Array.from({ length: count }, (_, index) => `k${index}`);
  await Promise.all(keys.map((key, index) => caches[0].put(key, index)));
  return { members, caches, keys };
}

it('iterates over all entries, whatever the size of a batch, also with for await on the cache itself', async () => {
  const { caches, keys } = await filled(700);
  for (const batchSize of [1, 7, 1_000]) {
    const seen: string[] = [];
    for await (const [key] of caches[1].entries({ batchSize })) seen.push(key);
    expect(seen.sort()).toEqual([...keys].sort());
  }
  const named: string[] = [];
  for await (const key of caches[1].keys()) named.push(key);
  expect(named.sort()).toEqual([...keys].sort());
  const seen = new Map<string, number>();
  for await (const [key, value] of caches[2]) seen.set(key, value);
  expect(seen.size).toBe(700);
  expect(seen.get('k17')).toBe(17);
});

it('goes on from a cursor on another member, over removals and changes of primaries', async () => {
  const { members, caches, keys } = await filled(700);
  const seen = new Set<string>();
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await caches[pages % 3]?.scan({ cursor, limit: 50 });
    expect(page?.entries.length).toBeLessThanOrEqual(50);
    for (const [key] of page?.entries ?? []) {
      expect(seen.has(key)).toBe(false);
      seen.add(key);
      await caches[0].remove(key);
    }
    cursor = page?.cursor;
    pages += 1;
    if (pages === 5) members.install();
  } while (cursor !== undefined);
  expect([...seen].sort()).toEqual([...keys].sort());
  expect(await caches[0].scan()).toEqual({ entries: [], cursor: undefined });
});

it('refuses cursors and sizes that are none', async () => {
  const { caches } = await filled(1);
  for (const cursor of ['', 'x', '256.0', '0.-1', '0.99999999999'])
    await expect(caches[0].scan({ cursor })).rejects.toMatchObject({ code: 'GRID_BAD_ARGUMENT' });
  for (const limit of [0, 1_001, 1.5]) await expect(caches[0].scan({ limit })).rejects.toMatchObject({ code: 'GRID_BAD_ARGUMENT' });
});

it('sees every key that stays, in each of several iterations at once, while others come and go', async () => {
  const members = new TestMembers(3);
  // One segment, so that every batch meets the order of another iteration.
  const caches = members.caches<number>('together', { partitionKey: () => 'all' });
  const staying = Array.from({ length: 300 }, (_, index) => `stays-${index}`);
  await Promise.all(staying.map((key, index) => caches[0].put(key, index)));
  const iterations = [0, 1, 2].map((index) => ({ seen: new Set<string>(), pages: caches[index % 3]?.entries({ batchSize: 7 + index }) }));
  let written = 0;
  for (let open = [...iterations]; open.length > 0; ) {
    for (const iteration of open) {
      const { value, done } = (await iteration.pages?.next()) ?? { value: undefined, done: true };
      if (done === true) open = open.filter((other) => other !== iteration);
      else iteration.seen.add(value[0]);
    }
    await caches[0].put(`comes-${written}`, written);
    if (written > 2) await caches[0].remove(`comes-${written - 2}`);
    written += 1;
  }
  for (const { seen } of iterations) expect(staying.filter((key) => !seen.has(key))).toEqual([]);
});

it('leaves an iteration early without a trace', async () => {
  const { members, caches } = await filled(50);
  for await (const [key] of caches[1]) {
    expect(key).toMatch(/^k/);
    break;
  }
  await expect.poll(() => members.sides[1]?.core.figures()['pendingOperations']).toBe(0);
});
