import type { FastifyInstance } from 'fastify';
import type { HealthChecks } from '../management/health-routes.ts';

/**
 * What a balancer in front of several sites asks, on the port that users use: Keycloak's `/lb-check`, with the features multi-site and clusterless. It
 * says what readiness says.
 */
export function registerLoadBalancerCheck(app: FastifyInstance, { ready }: HealthChecks): void {
  app.get('/lb-check', async (_request, reply) => {
    const results = await Promise.all(ready.map((check) => check.run()));
    const up = results.every((result) => result.up);
    return reply
      .status(up ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: up ? 'UP' : 'DOWN' });
  });
}
