import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { Representation } from '../realm/fields.ts';
import type { AdminEventQuery, StoredAdminEvent } from '../store/admin-events.ts';
import { adminRoutes } from './admin-route.ts';
import { DEFAULT_PAGE_SIZE, pageOf, queryDay, queryText, queryTexts } from './query.ts';

/** Stored events of administrators: reading and clearing. */
export function registerAdminEvents(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { adminEvents } = context.storage.stores;
  declare('GET /admin-events', async ({ realm, request }) => {
    const found = await adminEvents.list(realm.id, { ...queryOf(request), ...pageOf(request, DEFAULT_PAGE_SIZE) });
    return found.map(toRepresentation);
  });
  declare('DELETE /admin-events', async ({ realm }) => {
    await adminEvents.clear(realm.id);
  });
}

function queryOf(request: FastifyRequest): AdminEventQuery {
  return {
    operationTypes: queryTexts(request, 'operationTypes'),
    resourceTypes: queryTexts(request, 'resourceTypes'),
    authRealmId: queryText(request, 'authRealm') || undefined,
    authClientId: queryText(request, 'authClient') || undefined,
    authUserId: queryText(request, 'authUser') || undefined,
    ipAddress: queryText(request, 'authIpAddress') || undefined,
    resourcePath: queryText(request, 'resourcePath') || undefined,
    fromMs: queryDay(request, 'dateFrom', 'start'),
    toMs: queryDay(request, 'dateTo', 'end'),
    ascending: queryText(request, 'direction') === 'asc',
  };
}

function toRepresentation(event: StoredAdminEvent): Representation {
  const { id, timeMs, realmId, operationType, resourceType, resourcePath, representation, error } = event;
  const { authRealmId, authClientId, authUserId, ipAddress } = event;
  const optional = { resourcePath, representation, error };
  return {
    id,
    time: timeMs,
    realmId,
    authDetails: {
      realmId: authRealmId,
      clientId: authClientId,
      userId: authUserId,
      ...(ipAddress === undefined ? {} : { ipAddress }),
    },
    operationType,
    resourceType,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}
