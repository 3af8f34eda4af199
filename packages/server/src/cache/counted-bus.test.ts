import { expect, it } from 'vitest';
import { countedBus } from './counted-bus.ts';

it('counts what is published, how long it took, and who did not acknowledge', async () => {
  let nowMs = 0;
  const heard: unknown[] = [];
  const observed: number[] = [];
  const bus = countedBus(
    {
      publish: async (keys) => {
        nowMs += 5;
        heard.push(keys);
        return keys.length > 0;
      },
      subscribe: () => ({ [Symbol.dispose]() {} }),
      onGap: () => ({ [Symbol.dispose]() {} }),
      onDeaf: () => ({ [Symbol.dispose]() {} }),
    },
    { nowMs: () => nowMs, observe: (tookMs) => void observed.push(tookMs) },
  );
  expect([await bus.publish(['realm:a']), await bus.publish([])]).toEqual([true, false]);
  expect(bus.counts).toEqual({ published: 2, publishTimeMs: 10, unacknowledged: 1 });
  expect(observed).toEqual([5, 5]);
  expect(heard).toEqual([['realm:a'], []]);
});
