import { expect, it } from 'vitest';
import { kindOf, perOperation } from './threads.ts';

it('tells threads by the names that the runtime gives them', () => {
  expect(['libuv-worker\n', 'V8Worker\n', 'DelayedTaskSche\n', 'InspectorIo\n'].map(kindOf)).toEqual([
    'pool',
    'engine',
    'engine',
    'others',
  ]);
});

it('shares what was used among the operations', () => {
  const before = { main: 100, pool: 10, engine: 0, others: 5 };
  const after = { main: 300, pool: 30, engine: 4, others: 5 };
  expect(perOperation(before, after, 20)).toEqual({ main: 10, pool: 1, engine: 0.2, others: 0 });
});
