import { describe, expect, it } from 'vitest';
import { quietLogger } from '../../testing/quiet-logger.ts';
import { clockToleranceMs, ExactCache } from './exact-cache.ts';
import { RemoteLink } from './remote-link.ts';
import { FakeEngine, type Fault } from './testing/fake-engine.ts';

const nothing = (): void => undefined;

async function openCache({ readsBack = false } = {}) {
  const engine = new FakeEngine();
  const clock = { nowMs: 1_000_000 };
  const link = new RemoteLink({
    engine,
    addresses: [{ host: 'h', port: 1 }],
    logger: quietLogger,
    every: () => ({ [Symbol.dispose]: nothing }),
    onMessage: nothing,
    onUp: nothing,
    onDown: nothing,
  });
  await link.start();
  return { engine, clock, cache: new ExactCache<number>({ link, name: 'c', nowMs: () => clock.nowMs, readsBack }) };
}

/** Adds one; the result is the number before. */
const increment = (standing: { readonly value: number } | undefined) =>
  ({ step: 'store', value: (standing?.value ?? 0) + 1, lifespanMs: 1_000, result: standing?.value ?? 0 }) as const;

const faults: readonly (Fault | undefined)[] = ['before', 'after', 'late', undefined];

describe('a change on an external engine', () => {
  it('counts once, whichever of its answers are lost', async () => {
    const rows = faults.flatMap((first) =>
      faults.flatMap((second) => faults.flatMap((third) => faults.map((fourth) => [first, second, third, fourth]))),
    );
    await Promise.all(
      rows.map(async (row) => {
        const { engine, cache } = await openCache();
        await cache.change('k', increment);
        engine.faults.push(...row);
        expect(await cache.change('k', increment), String(row)).toBe(1);
        engine.faults.length = 0;
        for (const step of engine.late) step();
        expect(await cache.get('k'), String(row)).toBe(2);
      }),
    );
  });

  it('gives its result to the one whose answer was lost, although others came after it', async () => {
    const { engine, cache } = await openCache();
    await cache.change('k', increment);
    engine.faults.push(undefined, 'after');
    const mine = cache.change('k', increment);
    await expect.poll(() => engine.faults.length).toBe(0);
    const others = [await cache.change('k', increment), await cache.change('k', increment)];
    expect([await mine, ...others]).toEqual([1, 2, 3]);
    expect(await cache.get('k')).toBe(4);
  });

  it('is made again where the engine said that it was done and undid it', async () => {
    const { engine, cache } = await openCache({ readsBack: true });
    engine.faults.push('undone');
    expect(await cache.insert('k', 7, 1_000)).toBe(true);
    expect(await cache.get('k')).toBe(7);
    engine.faults.push(undefined, 'undone');
    expect(await cache.change('k', increment)).toBe(7);
    expect(await cache.get('k')).toBe(8);
    engine.faults.push('undone');
    expect(await cache.remove('k')).toBe(true);
    expect(await cache.get('k')).toBeUndefined();
  });

  it('inserts for one caller, also for the one whose answer was lost', async () => {
    const { engine, cache } = await openCache();
    engine.faults.push('after');
    expect(await cache.insert('k', 1, 1_000)).toBe(true);
    expect(await cache.insert('k', 2, 1_000)).toBe(false);
    engine.faults.push('after');
    expect(await cache.insert('k', 3, 1_000)).toBe(false);
    expect(await cache.get('k')).toBe(1);
    expect(await cache.insert('k', 4, 1_000, (standing) => standing === 1)).toBe(true);
  });

  it('removes for one caller', async () => {
    const { engine, cache } = await openCache();
    await cache.put('k', 7, 1_000);
    engine.faults.push(undefined, 'after');
    const take = () =>
      cache.change<number | undefined>('k', (standing) =>
        standing === undefined ? { step: 'keep', result: undefined } : { step: 'remove', result: standing.value },
      );
    expect(await take()).toBe(7);
    expect(await take()).toBeUndefined();
  });

  it('takes what is over by its own word for gone, and what somebody else wrote', async () => {
    const { engine, cache, clock } = await openCache();
    await cache.put('k', 7, 1_000);
    clock.nowMs += 1_000 + clockToleranceMs + 1;
    expect(await cache.get('k')).toBeUndefined();
    expect(await cache.insert('k', 8, 1_000)).toBe(true);
    engine.entries.set('c foreign', { value: 'not ours', version: 'x' });
    expect(await cache.get('foreign')).toBeUndefined();
    const found: unknown[] = [];
    for await (const entry of cache.entries()) found.push(entry);
    expect(found).toEqual([['k', 8]]);
    expect(await cache.insert('foreign', 9, 1_000)).toBe(true);
  });
});
