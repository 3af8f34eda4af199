import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { exportPartially } from '../realm/partial-export.ts';
import { adminRoutes } from './admin-route.ts';
import { forbidden } from './answers.ts';
import { queryFlag } from './query.ts';

/** POST /partial-export: the realm as a file without users and secrets; clients, and groups with roles, where they are asked for. */
export function registerPartialExport(app: FastifyInstance, context: ServerContext): void {
  adminRoutes(app, context)('POST /partial-export', async ({ realm, request, held }) => {
    const clients = queryFlag(request, 'exportClients') ?? false;
    const groupsAndRoles = queryFlag(request, 'exportGroupsAndRoles') ?? false;
    if (clients && !held.has('view-clients') && !held.has('manage-clients')) throw forbidden();
    return exportPartially(context.storage.stores, realm, { clients, groupsAndRoles });
  });
}
