import { describe, expect, it } from 'vitest';
import type { GridBenchRow } from './measure.ts';
import { renderGrid } from './render.ts';
import type { GridResults } from './results.ts';
import { targetLines } from './targets.ts';

const run = { operations: 1_000, failures: 0, seconds: 1, p50Us: 100, p99Us: 200, p999Us: 300 };
const row = (operation: string, callers: number, perSecond: number, cpuUsPerOperation: number, p50Us = 100): GridBenchRow => ({
  ...run,
  operation,
  callers,
  perSecond,
  cpuUsPerOperation,
  longestStallMs: 1,
  p50Us,
});

const results: GridResults = {
  rows: [
    row('bare RPC of a put, one hop', 1, 10_000, 100, 50),
    row('bare RPC of a put, relayed to a third', 128, 100_000, 8),
    row('put, 2 owners, remote primary', 1, 5_000, 200, 105),
    row('put, 2 owners, remote primary', 128, 50_000, 12.5),
    row('put, 2 owners, remote primary', 1_024, 61_000, 9.9),
  ],
  rivals: {
    rows: [{ ...run, rival: 'Redis', operation: 'take', callers: 32, perSecond: 1, cpuUsPerOperation: 2 }],
    notes: ['Infinispan: no JDK.'],
  },
  losses: [{ event: 'freeze (SIGSTOP)', longestMs: [5_100, 6_200], failures: 0, evicted: 0 }],
  transfer: {
    entries: 2_800_000,
    rows: [
      { event: 'join, idle', seconds: 14.2, entries: 2_800_000, mbPerSecond: 69, longestStallMs: 19 },
      {
        event: 'join, 5000 operations/s',
        seconds: 40,
        entries: 2_800_000,
        mbPerSecond: 25,
        longestStallMs: 25,
        load: { ...run, longestMs: 30 },
      },
    ],
    mbPerMillion: 640,
    fillSeconds: 20,
  },
  coldStarts: { rounds: 200, members: 3, oneLineage: 199, apartMs: { median: 1, longest: 9 }, stableMs: { median: 300, longest: 900 } },
  nodeCounts: [{ ...row('get, any primary', 128, 90_000, 7), members: 5 }],
  tables: [{ labels: 'none', members: 9, coldJoinMs: 4, joinMs: 1, leaveMs: 1, movedCopies: 56, share: 57 }],
};

describe('the report of the grid', () => {
  it('sets each figure beside its target, and says of none that was not measured that it is met or missed', () => {
    const verdicts = new Map(targetLines(results).map(({ what, met }) => [what, met]));
    expect(verdicts.get('put, 2 owners, 128 callers, CPU')).toBe(false);
    expect(verdicts.get('put, 2 owners, 1,024 callers, CPU')).toBe(true);
    expect(verdicts.get('put, 2 owners, 128 callers, CPU, of the bare relayed RPC')).toBe(false);
    expect(verdicts.get('put, 2 owners, one caller, p50, of the bare round trip')).toBe(true);
    expect(verdicts.get('get, remote, 128 callers, CPU')).toBeUndefined();
    expect(verdicts.get('put, 2 owners, 1,024 callers')).toBe(true);
    expect(verdicts.get('freeze (SIGSTOP), longest wait on its keys')).toBe(false);
    expect(verdicts.get('join, idle, until ready')).toBe(true);
    expect(verdicts.get('join, 5000 operations/s, longest stall of serving members')).toBe(false);
    expect(verdicts.get('cold starts with one lineage')).toBe(false);
  });

  it('holds a table for each part that was measured, and none for the others', () => {
    const text = renderGrid(results);
    for (const part of [
      '## Targets',
      '## Operations',
      '## The same work elsewhere',
      '## Losses',
      '## Moving 2.80 million',
      '## Cold starts',
      '## What a further',
      '## The next owner table',
    ])
      expect(text).toContain(part);
    expect(text).toContain('one lineage in 199');
    expect(text).toContain('640 MB resident per million');
    const little = renderGrid({ rows: results.rows, losses: [], nodeCounts: [] });
    expect(little).not.toContain('## Losses');
  });
});
