import { expect, it } from 'vitest';
import { operationNames } from '../iam.ts';
import { cpuOfRows, madeBy, slowestRows } from './choose-rows.ts';

const kept = {
  results: [
    { server: 'keycloak', rows: [{ name: 'login', serverCpuMs: 100 }] },
    {
      server: 'keygrid',
      rows: [
        { name: 'discovery', serverCpuMs: 0.05 },
        { name: 'login', serverCpuMs: 12 },
        { name: 'refresh', serverCpuMs: 1.2 },
      ],
    },
  ],
};

it('chooses the rows of this server that cost most, most first', () => {
  expect(slowestRows(kept, 2)).toEqual(['login', 'refresh']);
  expect(slowestRows(kept, 10)).toHaveLength(3);
  expect(cpuOfRows(kept).get('login')).toBe(12);
});

it('chooses none where no run of this server was kept', () => {
  expect(slowestRows({ results: [] }, 10)).toEqual([]);
});

it('knows for every deleting row which one makes what it deletes', () => {
  expect([...madeBy.keys()]).toEqual(operationNames.filter((name) => name.includes('delete')));
  expect([...madeBy.values()].filter((name) => !operationNames.includes(name))).toEqual([]);
});
