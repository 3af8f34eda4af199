import type { GridNode } from '@keygrid/grid';
import type { FastifyInstance } from 'fastify';
import { registerAccount } from '../account/index.ts';
import { registerAdmin } from '../admin/index.ts';
import { usesRemoteCaches } from '../config/cluster-mode.ts';
import type { Configuration } from '../config/configuration.ts';
import { registerConsoles } from '../console/index.ts';
import type { ServerContext } from '../context.ts';
import { healthOnMainListener } from '../management/configured-management.ts';
import { type HealthChecks, registerHealth } from '../management/health-routes.ts';
import { registerProtection } from '../protection/index.ts';
import type { HashPassword } from '../realm/hash-password.ts';
import type { Membership } from '../state/membership.ts';
import { registerLoadBalancerCheck } from './load-balancer-check.ts';
import { serverFacts } from './server-facts.ts';
import { registerWelcomePage } from './welcome-page.ts';

export interface FurtherRoutesInput {
  readonly configuration: Configuration;
  readonly context: ServerContext;
  readonly grid: GridNode;
  readonly membership: Membership;
  readonly checks: HealthChecks;
  readonly hashPassword: HashPassword;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/** Routes of the main interface beside OpenID Connect. */
export function registerFurtherRoutes(app: FastifyInstance, input: FurtherRoutesInput): void {
  const { configuration, context, grid, membership, checks, hashPassword, startedAtMs } = input;
  registerWelcomePage(app);
  registerConsoles(app, context);
  registerAccount(app, context);
  registerProtection(app, context);
  registerAdmin(app, context, { ...serverFacts(configuration, grid, membership, startedAtMs), hashPassword });
  if (usesRemoteCaches(configuration)) registerLoadBalancerCheck(app, checks);
  if (healthOnMainListener(configuration)) registerHealth(app, checks);
}
