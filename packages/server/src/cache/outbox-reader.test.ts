import { expect, it } from 'vitest';
import { systemClock } from '../model/clock.ts';
import type { OutboxStore } from '../store/stores.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { localBus } from './local-bus.ts';
import { LocalCache } from './local-cache.ts';
import { followInvalidations } from './outbox-reader.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function openReader() {
  const seen = { reads: 0, answers: true };
  let tick = (): void => expect.fail('no tick');
  const outbox = {
    head: async () => 0,
    after: async (position: number) => {
      seen.reads += 1;
      if (!seen.answers) throw new Error('no answer');
      return { keys: [], next: position, overflow: false };
    },
    removeOlderThan: async () => 0,
  } as unknown as OutboxStore;
  const users = new LocalCache({ name: 'users', maxCount: 10, clock: systemClock });
  await followInvalidations({
    outbox,
    caches: { byName: new Map([[users.name, users]]) },
    bus: localBus,
    logger: quietLogger,
    every: (_intervalMs, run) => {
      tick = run;
      return { [Symbol.dispose]: () => undefined };
    },
  });
  const ticks = async (count: number): Promise<number> => {
    const before = seen.reads;
    for (let index = 0; index < count; index += 1) {
      tick();
      await settled();
    }
    return seen.reads - before;
  };
  return { seen, users, ticks };
}

it('reads every eighth half second, and every one after a read that failed until one succeeds', async () => {
  const { seen, ticks } = await openReader();
  expect([await ticks(7), await ticks(1), await ticks(8)]).toEqual([0, 1, 1]);
  seen.answers = false;
  expect(await ticks(8)).toBe(1);
  expect(await ticks(5)).toBe(5);
  seen.answers = true;
  expect([await ticks(1), await ticks(7), await ticks(1)]).toEqual([1, 0, 1]);
});

it('drops everything once it could not read for so long that rows may be gone', async () => {
  const { seen, users, ticks } = await openReader();
  const cached = () => users.get('alice', async () => ({ value: 'found', tags: [] }));
  await cached();
  seen.answers = false;
  await ticks(598);
  seen.answers = true;
  await ticks(1);
  expect(users.statistics.entries).toBe(1);
  seen.answers = false;
  await ticks(607);
  seen.answers = true;
  await ticks(1);
  expect(users.statistics.entries).toBe(0);
});
