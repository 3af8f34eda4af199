import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../../context.ts';
import { adminRoutes } from '../admin-route.ts';
import { declarePolicies } from './policies.ts';
import { declareResources } from './resources.ts';
import { declareScopes } from './scopes.ts';
import { declareSettings } from './settings.ts';

/** Authorization services of a client, below /clients/{id}/authz/resource-server. */
export function registerAuthorization(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  declareSettings(declare);
  declareScopes(declare);
  declareResources(declare);
  declarePolicies(declare);
}
