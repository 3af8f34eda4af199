import { expect, it } from 'vitest';
import { renderProfiles } from './render.ts';

const row = {
  name: 'refresh',
  operations: 100,
  failures: 0,
  firstFailure: undefined,
  seconds: 1,
  cpu: { main: 0.5, pool: 0.6, engine: 0.1, others: 0 },
  waitedMs: 20,
  profile: {
    samples: 2_000,
    totalMs: 1_000,
    idleMs: 400,
    busyMs: 600,
    collectorMs: 30,
    programMs: 6,
    rooms: [
      { name: 'packages/server/src/token', selfMs: 300, withRuntimeMs: 500 },
      { name: 'native functions', selfMs: 292, withRuntimeMs: 96 },
      { name: 'node_modules/one', selfMs: 5, withRuntimeMs: 3 },
      { name: 'node_modules/other', selfMs: 3, withRuntimeMs: 1 },
    ],
    functions: [{ name: 'sign', place: 'packages/server/src/token/signing.ts:28', ms: 300 }],
    own: [{ name: 'sign', place: 'packages/server/src/token/signing.ts:28', ms: 450 }],
  },
};

it('sets each row beside the kept run, and its rooms and functions by the operation', () => {
  const text = renderProfiles([row], new Map([['refresh', 1.2]])).replaceAll(/ +/g, ' ');
  expect(text).toContain('| refresh | 1.200 | 1.200 | 0.500 | 0.600 | 0.100 | 0.000 | 6.000 | 0.200 | 40.0 % | 5.0 % | 1.0 % |');
  expect(text).toContain('| packages/server/src/token | 3000.0 | 50.0 % | 5000.0 | 83.3 % |');
  expect(text).toContain('| 2 further ones | 80.0 | 1.3 % | 40.0 | 0.7 % |');
  expect(text).toContain('| `sign` | packages/server/src/token/signing.ts:28 | 4500.0 | 75.0 % |');
});

it('says that a row failed, and bears one of which nothing ran', () => {
  const none = { ...row, operations: 0, failures: 0, profile: { ...row.profile, rooms: [], functions: [], own: [], busyMs: 0 } };
  expect(renderProfiles([none], new Map())).toContain('0 operations');
  expect(renderProfiles([{ ...row, failures: 3 }], new Map())).toContain('3 failed');
});
