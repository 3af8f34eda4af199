import type { GridNode } from '@keygrid/grid';
import type { FastifyInstance } from 'fastify';
import type { Configuration } from '../config/configuration.ts';
import type { ServerContext } from '../context.ts';
import { healthOnMainListener } from '../management/configured-management.ts';
import { type HealthChecks, registerHealth } from '../management/health-routes.ts';

export interface FurtherRoutesInput {
  readonly configuration: Configuration;
  readonly context: ServerContext;
  readonly grid: GridNode;
  readonly checks: HealthChecks;
}

/** Routes of the main interface beside OpenID Connect. */
export function registerFurtherRoutes(app: FastifyInstance, { configuration, checks }: FurtherRoutesInput): void {
  if (healthOnMainListener(configuration)) registerHealth(app, checks);
}
