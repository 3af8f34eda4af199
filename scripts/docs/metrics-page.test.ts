import { describe, expect, it } from 'vitest';
import { metricCatalogue } from '../../packages/server/src/observability/metric-catalogue.ts';
import { absentMetrics } from '../../packages/server/src/observability/original-metrics.ts';
import { familiesOf, type SeenMetric } from '../../parity/metrics/exposition.ts';
import { textOf } from '../checks/repository.ts';

const recorded = JSON.parse(textOf('parity/metrics/recorded.json')) as Readonly<Record<string, SeenMetric>>;
const absent = absentMetrics.flatMap(({ names }) => names);

describe('the metrics of the original', () => {
  it('are all declared here, or have a reason why not', () => {
    expect(Object.keys(recorded).filter((name) => !Object.hasOwn(metricCatalogue, name) && !absent.includes(name))).toEqual([]);
  });

  it('have a reason only where they are missing', () => {
    expect(absent.filter((name) => Object.hasOwn(metricCatalogue, name) || !Object.hasOwn(recorded, name))).toEqual([]);
    expect(new Set(absent).size).toBe(absent.length);
  });

  it('keep their labels', () => {
    for (const [name, { labels }] of Object.entries(recorded)) {
      const declared = metricCatalogue[name];
      if (declared !== undefined) expect([name, ...declared.labels.toSorted()]).toEqual([name, ...labels]);
    }
  });
});

describe('the reader of scrapes', () => {
  it('gathers the samples of a family with their labels and caches', () => {
    const text = [
      '# TYPE a_seconds summary',
      'a_seconds_count{cache="x",node="n(v=1)"} 1.0',
      'a_seconds_sum{cache="y",node="n"} 2.0',
      '# TYPE b counter',
      'b_total 1.0',
      '# EOF',
    ].join('\n');
    expect(familiesOf(text)).toEqual({
      a_seconds: { type: 'summary', labels: ['cache', 'node'], caches: ['x', 'y'] },
      b: { type: 'counter', labels: [], caches: [] },
    });
  });
});
