import { firstRow, type Sql } from '../database/sql.ts';
import type { PermissionTicket } from '../model/index.ts';
import type { PermissionTicketStore, TicketQuery } from './authorization-stores.ts';
import { conflict } from './conflict.ts';
import { limits } from './query-builder.ts';

interface TicketRow {
  readonly id: string;
  readonly resource_server_id: string;
  readonly resource_id: string;
  readonly scope_id: string | null;
  readonly owner: string;
  readonly requester: string;
  readonly created_timestamp: number;
  readonly granted_timestamp: number | null;
  readonly policy_id: string | null;
}

const columns = 'id, resource_server_id, resource_id, scope_id, owner, requester, created_timestamp, granted_timestamp, policy_id';
const matching = `resource_server_id = $1
  AND ($2::text IS NULL OR id = $2)
  AND ($3::text IS NULL OR resource_id = $3)
  AND ($4::boolean IS NULL OR scope_id IS NULL)
  AND ($5::text IS NULL OR scope_id = $5)
  AND ($6::text IS NULL OR owner = $6)
  AND ($7::text IS NULL OR requester = $7)
  AND ($8::boolean IS NULL OR (granted_timestamp IS NOT NULL) = $8)`;

export function createPermissionTicketStore(sql: Sql): PermissionTicketStore {
  return {
    async list(serverId, query = {}) {
      const { offset, limit } = limits(query);
      const rows = await sql.rows<TicketRow>(
        'permission-ticket-list',
        `SELECT ${columns} FROM resource_server_perm_ticket WHERE ${matching} ORDER BY created_timestamp, id OFFSET $9 LIMIT $10`,
        [...conditions(serverId, query), offset, limit],
      );
      return rows.map(ticketOf);
    },

    async count(serverId, query) {
      const statement = `SELECT count(*)::int AS tickets FROM resource_server_perm_ticket WHERE ${matching}`;
      const row = await firstRow(sql.rows<{ tickets: number }>('permission-ticket-count', statement, conditions(serverId, query)));
      return row?.tickets ?? 0;
    },

    async insert(ticket) {
      const made = await sql.run(
        'permission-ticket-insert',
        `INSERT INTO resource_server_perm_ticket (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
        [
          ticket.id,
          ticket.serverId,
          ticket.resourceId,
          ticket.scopeId ?? null,
          ticket.owner,
          ticket.requester,
          ticket.createdMs,
          ticket.grantedMs ?? null,
          ticket.policyId ?? null,
        ],
      );
      return made > 0;
    },

    async update(ticket) {
      const changed = await sql.run(
        'permission-ticket-update',
        'UPDATE resource_server_perm_ticket SET granted_timestamp = $3, policy_id = $4 WHERE id = $1 AND resource_server_id = $2',
        [ticket.id, ticket.serverId, ticket.grantedMs ?? null, ticket.policyId ?? null],
      );
      if (changed === 0) throw conflict('permission ticket', ticket.id);
    },

    async remove(serverId, id) {
      const removed = await sql.run(
        'permission-ticket-remove',
        'DELETE FROM resource_server_perm_ticket WHERE resource_server_id = $1 AND id = $2',
        [serverId, id],
      );
      return removed > 0;
    },
  };
}

function conditions(serverId: string, query: TicketQuery): unknown[] {
  return [
    serverId,
    query.id ?? null,
    query.resourceId ?? null,
    query.scopeId === null ? true : null,
    query.scopeId ?? null,
    query.owner ?? null,
    query.requester ?? null,
    query.granted ?? null,
  ];
}

function ticketOf(row: TicketRow): PermissionTicket {
  return {
    id: row.id,
    serverId: row.resource_server_id,
    resourceId: row.resource_id,
    ...(row.scope_id === null ? {} : { scopeId: row.scope_id }),
    owner: row.owner,
    requester: row.requester,
    createdMs: Number(row.created_timestamp),
    ...(row.granted_timestamp === null ? {} : { grantedMs: Number(row.granted_timestamp) }),
    ...(row.policy_id === null ? {} : { policyId: row.policy_id }),
  };
}
