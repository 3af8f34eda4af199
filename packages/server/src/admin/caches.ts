import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { adminRoutes } from './admin-route.ts';

const caches = [
  ['realm', 'realms'],
  ['user', 'users'],
  ['keys', 'keys'],
  ['crl', 'crl'],
] as const;

/** Emptying the local caches on all members. */
export function registerCaches(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  for (const [path, kind] of caches) declare(`POST /clear-${path}-cache`, async () => context.state.changes.clear(kind));
}
