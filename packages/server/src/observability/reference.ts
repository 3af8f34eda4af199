import { metricCatalogue } from './metric-catalogue.ts';
import { absentMetrics } from './original-metrics.ts';

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
    'Generated from the catalogues in `packages/server/src/observability`; do not edit.',
    '',
    'Served at `/metrics` on the management port with `metrics-enabled=true`, as OpenMetrics text. With `http-metrics-histograms-enabled=true` and',
    '`cache-metrics-histograms-enabled=true` the timers and summaries of requests, caches and the transport have `_bucket` samples too.',
    '',
    'Names and labels of `vendor_*`, `http_server_*`, `agroal_*`, `keycloak_*` and `jvm_*` are those of Keycloak 26.7.4, so that its dashboards and alerts work;',
    'a test compares them with a recorded scrape of a cluster of it. What has no meaning here stands at the end, with the reason.',
    '',
    '| Samples | Type | Labels | Meaning |',
    '|---|---|---|---|',
  ];
  for (const [name, metric] of Object.entries(metricCatalogue).sort(([left], [right]) => left.localeCompare(right))) {
    const labels = metric.labels.map((label) => `\`${label}\``).join(', ');
    lines.push(`| ${shape[metric.kind](name)} | ${metric.kind} | ${labels} | ${metric.help} |`);
  }
  lines.push('', '## Metrics of the original that are not here', '', '| Metrics | Why |', '|---|---|');
  for (const { names, reason } of absentMetrics) lines.push(`| ${names.map((name) => `\`${name}\``).join(', ')} | ${reason} |`);
  return `${lines.join('\n')}\n`;
}
