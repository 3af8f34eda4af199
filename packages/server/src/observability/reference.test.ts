import { describe, expect, it } from 'vitest';
import { metricCatalogue } from './metric-catalogue.ts';
import { renderMetricsReference } from './reference.ts';

describe('the reference of metrics', () => {
  it('has a line for every metric', () => {
    const text = renderMetricsReference();
    for (const name of Object.keys(metricCatalogue)) expect(text).toContain(`| \`${name}`);
  });

  it('declares names and labels that the text form allows', () => {
    for (const [name, metric] of Object.entries(metricCatalogue)) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      if (metric.kind === 'counter') expect(name).not.toMatch(/_total$/);
      for (const label of metric.labels) expect(label).toMatch(/^[a-z][a-z0-9_]*$/);
    }
  });
});
