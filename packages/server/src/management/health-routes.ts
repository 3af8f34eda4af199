import type { FastifyInstance, FastifyReply } from 'fastify';
import { type HealthCheck, renderReport, reportOf } from './health.ts';

/** Which checks each kind of question asks; `/health` asks them all. */
export interface HealthChecks {
  readonly started: readonly HealthCheck[];
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
}

async function answer(reply: FastifyReply, checks: readonly HealthCheck[]): Promise<FastifyReply> {
  const report = await reportOf(checks);
  return reply
    .code(report.status === 'UP' ? 200 : 503)
    .header('content-type', 'application/json; charset=UTF-8')
    .header('cache-control', 'no-store')
    .send(renderReport(report));
}

/** Serves `/health`, `/health/started`, `/health/live` and `/health/ready` under `prefix` (`` or `/path`). */
export function registerHealth(app: FastifyInstance, checks: HealthChecks, prefix = ''): void {
  const all = [...new Set([...checks.ready, ...checks.live, ...checks.started])];
  app.get(`${prefix}/health`, (_request, reply) => answer(reply, all));
  app.get(`${prefix}/health/started`, (_request, reply) => answer(reply, checks.started));
  app.get(`${prefix}/health/live`, (_request, reply) => answer(reply, checks.live));
  app.get(`${prefix}/health/ready`, (_request, reply) => answer(reply, checks.ready));
}
