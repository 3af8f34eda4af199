import type { Configuration } from '../config/configuration.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { createMetrics } from './create-metrics.ts';
import type { Metrics } from './metrics.ts';

/** The registry that `metrics-enabled` and the histogram options describe. Throws ConfigurationError. */
export function configuredMetrics(configuration: Configuration): Metrics {
  const boundsSeconds = (configuration.get('http-metrics-slos') ?? []).map((text) => {
    const ms = Number(text);
    if (!(ms > 0)) throw new ConfigurationError(`Invalid value for option '--http-metrics-slos': ${text} is not a number of milliseconds`);
    return ms / 1_000;
  });
  const standard = configuration.get('http-metrics-histograms-enabled');
  const histograms =
    standard || boundsSeconds.length > 0 ? new Map([['http_server_requests_seconds', { standard, boundsSeconds }]]) : new Map();
  return createMetrics({ enabled: configuration.get('metrics-enabled'), histograms });
}
