import { metricCatalogue } from './metric-catalogue.ts';

const shape = {
  counter: (name: string) => `\`${name}_total\``,
  gauge: (name: string) => `\`${name}\``,
  timer: (name: string) => `\`${name}_count\`, \`${name}_sum\``,
  summary: (name: string) => `\`${name}_count\`, \`${name}_sum\``,
} as const;

/** docs/reference/metrics.md, made from the metric catalogue. */
export function renderMetricsReference(): string {
  const lines = [
    '# Metrics',
    '',
    'Generated from `packages/server/src/observability/metric-catalogue.ts`; do not edit.',
    '',
    'Served at `/metrics` on the management port with `metrics-enabled=true`, as OpenMetrics text. Timers have `_bucket` samples too where histograms are on.',
    '',
    '| Samples | Type | Labels | Meaning |',
    '|---|---|---|---|',
  ];
  for (const [name, metric] of Object.entries(metricCatalogue).sort(([left], [right]) => left.localeCompare(right))) {
    const labels = metric.labels.map((label) => `\`${label}\``).join(', ');
    lines.push(`| ${shape[metric.kind](name)} | ${metric.kind} | ${labels} | ${metric.help} |`);
  }
  return `${lines.join('\n')}\n`;
}
