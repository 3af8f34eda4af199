import { expect, it } from 'vitest';
import type { IamRow } from '../iam.ts';
import { pictures, reportPage } from './report-page.ts';
import { coarser } from './timeline-chart.ts';

const row = (name: string, serverCpuMs: number): IamRow =>
  ({
    name,
    operations: 10,
    serverCpuMs,
    trials: [
      { perSecond: 10, p95Ms: 3, kept: true },
      { perSecond: 20, p95Ms: 300, kept: false },
    ],
  }) as unknown as IamRow;
const result = (server: string, cpu: number) => ({
  server,
  version: '1',
  postgres: '15',
  nodes: 1,
  residentMbIdle: [],
  residentMbAfter: [],
  floors: {} as never,
  rows: [row('login <page>', cpu)],
});
const event = (failed: number) => ({
  name: 'freeze of a member (SIGSTOP)',
  lostSessions: 0,
  result: {
    requests: 2,
    failed,
    longestMs: 1_500,
    secondsDisturbed: 1,
    firstFailure: undefined,
    eventAtSeconds: 0.1,
    timeline: [{ ok: 1, failed, longestMs: 1_500 }],
  },
});
const iam = [{ file: 'iam-1.json', conditions: 'a machine', results: [result('keygrid', 2), result('keycloak', 10)] }];
const life = [
  {
    file: 'life.json',
    conditions: 'a machine',
    results: [
      { server: 'keygrid', events: [event(0)] },
      { server: 'keycloak', events: [event(3)] },
    ] as never,
  },
];

it('gives bars with the ratio to the original, a curve an operation and a timeline an event', () => {
  const all = pictures(iam, life);
  expect(all.map((picture) => picture.name)).toEqual(['cpu-1', 'rate-1-login-page', 'life-freeze-of-a-member-SIGSTOP']);
  expect(all[0]?.svg).toContain('5.0 × less');
  expect(all[2]?.svg.indexOf('keycloak: 3 failed')).toBeLessThan(all[2]?.svg.indexOf('keygrid: 0 failed') ?? 0);
});

it('escapes names, and asks nothing of the outside', () => {
  const page = reportPage(pictures(iam, life));
  expect(page).toContain('login &lt;page&gt;');
  expect(page).not.toMatch(/(?:src|href)=/);
});

it('draws many slices together', () => {
  const slices = [1, 2, 3].map((ok) => ({ ok, failed: ok, longestMs: ok }));
  expect(coarser(slices, 2)).toEqual([
    { ok: 3, failed: 3, longestMs: 2 },
    { ok: 3, failed: 3, longestMs: 3 },
  ]);
});
