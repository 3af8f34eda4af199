import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { adminRoutes } from './admin-route.ts';

/** What the realm says about events. */
export function registerEventsConfig(app: FastifyInstance, context: ServerContext): void {
  adminRoutes(app, context)('GET /events/config', async ({ realm }) => ({
    eventsEnabled: realm.eventsEnabled,
    eventsListeners: realm.other['eventsListeners'] ?? [],
    enabledEventTypes: realm.other['enabledEventTypes'] ?? [],
    adminEventsEnabled: realm.adminEventsEnabled,
    adminEventsDetailsEnabled: realm.other['adminEventsDetailsEnabled'] ?? false,
  }));
}
