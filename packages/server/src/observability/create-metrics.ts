import { type OpenMetricsContentType, Registry } from 'prom-client';
import { metricCatalogue } from './metric-catalogue.ts';
import { MetricFamily } from './metric-family.ts';
import type { Metrics } from './metrics.ts';

/** Content type of the scrape, as observed without an Accept header. */
export const metricsContentType: string = Registry.OPENMETRICS_CONTENT_TYPE;

/** Upper bounds in seconds where histograms are on. */
export const HISTOGRAM_BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface MetricsOptions {
  readonly enabled: boolean;
  /** Timers that get buckets: name -> further bounds in seconds (service level objectives). */
  readonly histograms?: ReadonlyMap<string, { readonly standard: boolean; readonly boundsSeconds: readonly number[] }>;
}

function openMetricsRegistry(): Registry {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  // Metrics are declared to take a registry of the other text form; the form is a matter of the scrape alone.
  return registry as unknown as Registry;
}

/** Counters are declared without the ending that the text form gives them; a gauge may be named so by the original. */
function declaredName(name: string): string {
  return Object.hasOwn(metricCatalogue, name) ? name : name.replace(/_total$/, '');
}

/** The registry. Where metrics are off every call is cheap and does nothing. A name that the catalogue does not declare is a mistake of the program. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = openMetricsRegistry();
  const families = new Map<string, MetricFamily>();

  const family = (name: string, kinds: readonly string[]): MetricFamily => {
    const known = families.get(name);
    if (known !== undefined) return known;
    const declaration = Object.hasOwn(metricCatalogue, name) ? metricCatalogue[name] : undefined;
    if (declaration === undefined || !kinds.includes(declaration.kind))
      throw new TypeError(`${name} is not declared as ${kinds.join(' or ')} in the metric catalogue`);
    const wanted = options.histograms?.get(name);
    const bounds = wanted === undefined ? [] : [...(wanted.standard ? HISTOGRAM_BOUNDS : []), ...wanted.boundsSeconds];
    const made = new MetricFamily(
      name,
      declaration,
      [...new Set(bounds)].sort((left, right) => left - right),
      registry,
      (metric) => {
        if (metric !== 'keygrid_metrics_dropped_series') dropped.record(1, { metric });
      },
    );
    families.set(name, made);
    return made;
  };
  const dropped = family('keygrid_metrics_dropped_series', ['counter']);

  if (!options.enabled) {
    return {
      enabled: false,
      counter: () => ({ add() {} }),
      gauge() {},
      timer: () => ({ observe() {} }),
      summary() {},
      collect() {},
      scrape: async () => '# EOF\n',
    };
  }
  return {
    enabled: true,
    counter(name) {
      const metric = family(declaredName(name), ['counter']);
      return { add: (amount, labels) => metric.record(amount, labels) };
    },
    gauge(name, labels, read) {
      const part = /^(.+)(_count|_sum)$/.exec(name);
      const base = part?.[1] ?? '';
      if (part !== null && metricCatalogue[base]?.kind === 'summary') family(base, ['summary']).read(part[2] ?? '', labels, read);
      else family(declaredName(name), ['gauge', 'counter']).read('', labels, read);
    },
    summary(name, labels, { count, sum, histogram }) {
      const metric = family(name, ['summary']);
      metric.read('_count', labels, count);
      metric.read('_sum', labels, sum);
      if (histogram !== undefined) metric.readBuckets(labels, histogram.bounds, histogram.counts);
    },
    timer(name) {
      const metric = family(name, ['timer']);
      return { observe: (seconds, labels) => metric.record(seconds, labels) };
    },
    collect: (name, read) => family(declaredName(name), ['gauge', 'counter', 'summary']).collect(read),
    scrape: () => registry.metrics(),
  };
}
