import type { FastifyInstance, FastifyRequest } from 'fastify';
import { realmTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Realm } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import type { EventQuery, StoredEvent } from '../store/stores.ts';
import { adminRoutes, bodyOf, write } from './admin-route.ts';
import { DEFAULT_PAGE_SIZE, pageOf, queryDay, queryText, queryTexts } from './query.ts';
import { eventsConfigShape } from './representation-shapes.ts';

interface EventsConfig {
  readonly eventsEnabled?: boolean | null;
  readonly eventsExpiration?: number | null;
  readonly eventsListeners?: readonly string[] | null;
  readonly enabledEventTypes?: readonly string[] | null;
  readonly adminEventsEnabled?: boolean | null;
  readonly adminEventsDetailsEnabled?: boolean | null;
}

/** Stored user events of a realm: reading, clearing, and what is kept of them. */
export function registerEvents(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { events } = context.storage.stores;

  declare('GET /events', async ({ realm, request }) => {
    const found = await events.list(realm.id, { ...queryOf(request), ...pageOf(request, DEFAULT_PAGE_SIZE) });
    return found.map(eventToRepresentation);
  });
  declare('DELETE /events', async ({ realm }) => {
    await events.clear(realm.id);
  });
  declare('GET /events/config', async ({ realm }) => configOf(realm));
  declare('PUT /events/config', async ({ realm, request }) => {
    const body = bodyOf<EventsConfig>(request, eventsConfigShape);
    await write(context, async ({ realms }, touch) => {
      const current = await realms.byId(realm.id);
      if (current === undefined) return;
      const { eventsEnabled, adminEventsEnabled, ...others } = body;
      const given = Object.entries(others).filter(([, value]) => value !== null && value !== undefined);
      await realms.update({
        ...current,
        eventsEnabled: eventsEnabled ?? current.eventsEnabled,
        adminEventsEnabled: adminEventsEnabled ?? current.adminEventsEnabled,
        other: { ...current.other, ...Object.fromEntries(given) },
      });
      touch(...realmTags(current));
    });
  });
}

function configOf(realm: Realm): Representation {
  const { eventsExpiration } = realm.other;
  return {
    eventsEnabled: realm.eventsEnabled,
    ...(eventsExpiration === undefined ? {} : { eventsExpiration }),
    eventsListeners: realm.other['eventsListeners'] ?? [],
    enabledEventTypes: realm.other['enabledEventTypes'] ?? [],
    adminEventsEnabled: realm.adminEventsEnabled,
    adminEventsDetailsEnabled: realm.other['adminEventsDetailsEnabled'] ?? false,
  };
}

function queryOf(request: FastifyRequest): EventQuery {
  return {
    types: queryTexts(request, 'type'),
    clientId: queryText(request, 'client'),
    userId: queryText(request, 'user'),
    ipAddress: queryText(request, 'ipAddress'),
    fromMs: queryDay(request, 'dateFrom', 'start'),
    toMs: queryDay(request, 'dateTo', 'end'),
    ascending: queryText(request, 'direction') === 'asc',
  };
}

function eventToRepresentation({ timeMs, ...event }: StoredEvent): Representation {
  const { id, type, realmId, clientId, userId, sessionId, ipAddress, error, details } = event;
  const optional = { clientId, userId, sessionId, ipAddress, error, details };
  return {
    id,
    time: timeMs,
    type,
    realmId,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}
