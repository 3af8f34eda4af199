import type { GridNode } from '@keygrid/grid';
import type { FastifyInstance } from 'fastify';
import { registerAdmin } from '../admin/index.ts';
import type { Configuration } from '../config/configuration.ts';
import type { ServerContext } from '../context.ts';
import { healthOnMainListener } from '../management/configured-management.ts';
import { type HealthChecks, registerHealth } from '../management/health-routes.ts';
import type { HashPassword } from '../realm/hash-password.ts';
import { serverFacts } from './server-facts.ts';
import { registerWelcomePage } from './welcome-page.ts';

export interface FurtherRoutesInput {
  readonly configuration: Configuration;
  readonly context: ServerContext;
  readonly grid: GridNode;
  readonly checks: HealthChecks;
  readonly hashPassword: HashPassword;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/** Routes of the main interface beside OpenID Connect. */
export function registerFurtherRoutes(app: FastifyInstance, input: FurtherRoutesInput): void {
  const { configuration, context, grid, checks, hashPassword, startedAtMs } = input;
  registerWelcomePage(app);
  registerAdmin(app, context, { ...serverFacts(configuration, grid, startedAtMs), hashPassword });
  if (healthOnMainListener(configuration)) registerHealth(app, checks);
}
