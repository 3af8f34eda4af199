import type { Sql } from '../database/sql.ts';
import { builder, limits, runBuilt } from './query-builder.ts';
import type { EventStore, StoredEvent } from './stores.ts';

/** Columns of the table. */
export interface EventRow {
  readonly id: string;
  readonly client_id: string | null;
  readonly error: string | null;
  readonly ip_address: string | null;
  readonly realm_id: string;
  readonly session_id: string | null;
  readonly event_time: number;
  readonly type: string;
  readonly user_id: string | null;
  readonly details_json_long_value: string | null;
}

const columns = 'id, client_id, error, ip_address, realm_id, session_id, event_time, type, user_id, details_json_long_value';
/** Rows that one round of expiry removes: no long transaction, however much has piled up. */
const EXPIRY_BATCH = 5_000;

export function createEventStore(sql: Sql): EventStore {
  return {
    async insert(events) {
      const column = <T>(read: (event: StoredEvent) => T): T[] => events.map(read);
      await sql.run(
        'event-insert',
        `INSERT INTO event_entity (${columns})
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[])
         ON CONFLICT DO NOTHING`,
        [
          column(({ id }) => id),
          column(({ clientId }) => clientId ?? null),
          column(({ error }) => error ?? null),
          column(({ ipAddress }) => ipAddress ?? null),
          column(({ realmId }) => realmId),
          column(({ sessionId }) => sessionId ?? null),
          column(({ timeMs }) => timeMs),
          column(({ type }) => type),
          column(({ userId }) => userId ?? null),
          column(({ details }) => (details === undefined ? null : JSON.stringify(details))),
        ],
      );
    },

    async list(realmId, query) {
      const order = query.ascending === true ? 'asc' : 'desc';
      const { offset, limit } = limits(query);
      let select = builder.selectFrom('event_entity').selectAll().where('realm_id', '=', realmId);
      if (query.types?.length) select = select.where('type', '=', ({ fn, val }) => fn('any', [val([...(query.types ?? [])])]));
      if (query.clientId !== undefined) select = select.where('client_id', '=', query.clientId);
      if (query.userId !== undefined) select = select.where('user_id', '=', query.userId);
      if (query.ipAddress !== undefined) select = select.where('ip_address', '=', query.ipAddress);
      if (query.fromMs !== undefined) select = select.where('event_time', '>=', query.fromMs);
      if (query.toMs !== undefined) select = select.where('event_time', '<=', query.toMs);
      const page = select.orderBy('event_time', order).orderBy('id', order).limit(limit).offset(offset);
      return (await runBuilt<EventRow>(sql, 'event-list', page.compile())).map(eventOf);
    },

    async clear(realmId) {
      await sql.run('event-clear', 'DELETE FROM event_entity WHERE realm_id = $1', [realmId]);
    },

    async removeExpired(nowMs) {
      // Events of a realm that is gone go too.
      return sql.run(
        'event-expire',
        `DELETE FROM event_entity WHERE id IN (
           SELECT event.id FROM event_entity event LEFT JOIN realm ON realm.id = event.realm_id
           WHERE realm.id IS NULL OR (coalesce((realm.body->'other'->>'eventsExpiration')::bigint, 0) > 0
             AND event.event_time < $1 - (realm.body->'other'->>'eventsExpiration')::bigint * 1000)
           LIMIT ${EXPIRY_BATCH})`,
        [nowMs],
      );
    },
  };
}

function eventOf(row: EventRow): StoredEvent {
  return {
    id: row.id,
    timeMs: Number(row.event_time),
    type: row.type,
    realmId: row.realm_id,
    clientId: row.client_id ?? undefined,
    userId: row.user_id ?? undefined,
    sessionId: row.session_id ?? undefined,
    ipAddress: row.ip_address ?? undefined,
    error: row.error ?? undefined,
    details: row.details_json_long_value === null ? undefined : (JSON.parse(row.details_json_long_value) as Record<string, string>),
  };
}
