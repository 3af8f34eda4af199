import type { FastifyInstance } from 'fastify';
import { metricsContentType } from '../observability/create-metrics.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Serves `/metrics` under `prefix`. */
export function registerMetrics(app: FastifyInstance, metrics: Metrics, prefix = ''): void {
  app.get(`${prefix}/metrics`, async (_request, reply) => reply.header('content-type', metricsContentType).send(await metrics.scrape()));
}
