import { expect, it } from 'vitest';
import { closedLoop, openLoop } from './loops.ts';

it('counts what failed, with the first reason, beside what went well', async () => {
  let calls = 0;
  const result = await openLoop(
    {
      name: 'every third fails',
      run: async (index) => {
        calls += 1;
        if (index % 3 === 2) throw new Error(`no ${index}`);
      },
    },
    { perSecond: 3_000, seconds: 0.01 },
  );
  expect(calls).toBe(30);
  expect([result.latencies.count, result.failures, result.firstFailure]).toEqual([20, 10, 'no 2']);
});

it('ends when an operation has nothing left to do', async () => {
  const left = ['a', 'b', 'c', 'd', 'e'];
  const result = await closedLoop({ name: 'five', run: async () => left.pop() !== undefined }, { callers: 2, seconds: 60 });
  expect(result.latencies.count).toBe(5);
});
