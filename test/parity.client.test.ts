import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCalls, CALLS } from '../parity/admin-client/admin-walk.ts';
import { notWalked } from '../parity/admin-client/not-walked.ts';
import { certificateArguments } from '../parity/certificates.ts';
import { departures, describeDeparture, explains } from '../parity/compare.ts';
import { walkDifferences } from '../parity/differences.ts';
import { parityRealms } from '../parity/realms.ts';
import { runWalks, type Traces } from '../parity/run.ts';
import type { Trace } from '../parity/talk.ts';
import { families } from '../parity/walks/index.ts';
import { root } from '../scripts/checks/repository.ts';
import { startTestCluster, type TestCluster } from './support/test-cluster.ts';

const recordedOf = (family: string): Record<string, Trace> =>
  JSON.parse(readFileSync(join(root, `parity/recorded/${family}.json`), 'utf8')) as Record<string, Trace>;
const names = Object.entries(families).flatMap(([family, walks]) => Object.keys(walks).map((walk) => [family, walk] as const));

describe('the walks that the original was recorded on', () => {
  let cluster: TestCluster;
  let traces: Traces;
  const used = new Set<number>();
  beforeAll(async () => {
    cluster = await startTestCluster(1, { realms: parityRealms, extraArguments: certificateArguments });
    traces = await runWalks(cluster.server.bases[0] ?? '');
  });
  afterAll(() => cluster?.stop());

  it.each(names)('%s | %s', (family, walk) => {
    const id = `${family} | ${walk}`;
    const left = departures(recordedOf(family)[walk] ?? {}, traces[family]?.[walk] ?? {}).filter((departure) => {
      const reasons = walkDifferences.flatMap((difference, index) => (explains(difference, id, departure) ? [index] : []));
      for (const index of reasons) used.add(index);
      return reasons.length === 0;
    });
    expect(left.map((departure) => describeDeparture(id, departure))).toEqual([]);
  });

  it('make every call of the published client of Admin REST, but those that say why not', () => {
    const steps = Object.values(traces).flatMap((walks) => Object.values(walks));
    const made = new Set(steps.flatMap((trace) => (trace[CALLS]?.['calls'] ?? '').split(' ')));
    expect(
      allCalls()
        .filter((call) => !made.has(call))
        .sort(),
    ).toEqual(Object.keys(notWalked).sort());
  });

  it('uses every row of the table of differences', () => {
    expect(walkDifferences.filter((_, index) => !used.has(index))).toEqual([]);
  });
});
