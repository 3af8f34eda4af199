import type { Configuration } from '../config/configuration.ts';
import { managementTls } from '../config/tls-material.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { HealthChecks } from './health-routes.ts';
import type { ManagementOptions } from './management-server.ts';

/** The management interface that the options describe; undefined where there is nothing to serve, and then no port is opened. */
export async function configuredManagement(
  configuration: Configuration,
  checks: HealthChecks,
  metrics: Metrics,
  logger: Logger,
): Promise<ManagementOptions | undefined> {
  const healthHere = configuration.get('health-enabled') && configuration.get('http-management-health-enabled');
  const metricsServed = configuration.get('metrics-enabled');
  if (!healthHere && !metricsServed) return undefined;
  return {
    host: configuration.get('http-management-host') ?? configuration.get('http-host'),
    port: configuration.get('http-management-port'),
    relativePath: configuration.get('http-management-relative-path') ?? configuration.get('http-relative-path'),
    tls: await managementTls(configuration),
    health: healthHere ? checks : undefined,
    metricsServed,
    metrics,
    logger,
  };
}

/** Whether health belongs on the main listener instead (`http-management-health-enabled=false`). */
export function healthOnMainListener(configuration: Configuration): boolean {
  return configuration.get('health-enabled') && !configuration.get('http-management-health-enabled');
}
