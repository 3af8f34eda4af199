import type { Sql } from '../database/sql.ts';
import type { AdminEventRow, AdminEventStore, StoredAdminEvent } from './admin-events.ts';
import { builder, limits, runBuilt } from './query-builder.ts';

/** Rows that one round of expiry removes: no long transaction, however much has piled up. */
const EXPIRY_BATCH = 5_000;

export function createAdminEventStore(sql: Sql): AdminEventStore {
  return {
    async insert(event) {
      await sql.run(
        'admin-event-insert',
        `INSERT INTO admin_event_entity (id, admin_event_time, realm_id, operation_type, resource_type, resource_path, representation, error,
           auth_realm_id, auth_client_id, auth_user_id, ip_address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [
          event.id,
          event.timeMs,
          event.realmId,
          event.operationType,
          event.resourceType,
          event.resourcePath ?? null,
          event.representation ?? null,
          event.error ?? null,
          event.authRealmId,
          event.authClientId,
          event.authUserId,
          event.ipAddress ?? null,
        ],
      );
    },

    async list(realmId, query) {
      const order = query.ascending === true ? 'asc' : 'desc';
      const { offset, limit } = limits(query);
      let select = builder.selectFrom('admin_event_entity').selectAll().where('realm_id', '=', realmId);
      for (const [column, values] of [
        ['operation_type', query.operationTypes],
        ['resource_type', query.resourceTypes],
      ] as const) {
        if (values?.length) select = select.where(column, '=', ({ fn, val }) => fn('any', [val([...values])]));
      }
      for (const [column, value] of [
        ['auth_realm_id', query.authRealmId],
        ['auth_client_id', query.authClientId],
        ['auth_user_id', query.authUserId],
        ['ip_address', query.ipAddress],
      ] as const) {
        if (value !== undefined) select = select.where(column, '=', value);
      }
      if (query.resourcePath !== undefined) select = select.where('resource_path', 'like', pattern(query.resourcePath));
      if (query.fromMs !== undefined) select = select.where('admin_event_time', '>=', query.fromMs);
      if (query.toMs !== undefined) select = select.where('admin_event_time', '<=', query.toMs);
      const page = select.orderBy('admin_event_time', order).orderBy('id', order).limit(limit).offset(offset);
      return (await runBuilt<AdminEventRow>(sql, 'admin-event-list', page.compile())).map(eventOf);
    },

    async clear(realmId) {
      await sql.run('admin-event-clear', 'DELETE FROM admin_event_entity WHERE realm_id = $1', [realmId]);
    },

    async removeExpired(nowMs) {
      // Events of a realm that is gone go too. A setting that is no number means for ever.
      return sql.run(
        'admin-event-expire',
        `DELETE FROM admin_event_entity WHERE id IN (
           SELECT event.id FROM admin_event_entity event LEFT JOIN realm ON realm.id = event.realm_id
           WHERE realm.id IS NULL OR event.admin_event_time < $1
             - nullif(substring(realm.body->'attributes'->>'adminEventsExpiration' from '^[1-9][0-9]{0,9}$'), '')::bigint * 1000
           LIMIT ${EXPIRY_BATCH})`,
        [nowMs],
      );
    },
  };
}

/** What a person writes with `*` as what LIKE understands. */
function pattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}

function eventOf(row: AdminEventRow): StoredAdminEvent {
  return {
    id: row.id,
    timeMs: Number(row.admin_event_time),
    realmId: row.realm_id,
    operationType: row.operation_type,
    resourceType: row.resource_type,
    resourcePath: row.resource_path ?? undefined,
    representation: row.representation ?? undefined,
    error: row.error ?? undefined,
    authRealmId: row.auth_realm_id,
    authClientId: row.auth_client_id,
    authUserId: row.auth_user_id,
    ipAddress: row.ip_address ?? undefined,
  };
}
