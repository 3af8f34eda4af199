import { firstRow, type Sql } from '../database/sql.ts';
import type { RootAuthenticationSession } from '../model/index.ts';
import type { AuthenticationSessionStore } from './shared-state.ts';

interface Row {
  readonly timestamp: number;
  readonly version: number;
  readonly tabs: string;
}

export function createAuthenticationSessionStore(sql: Sql): AuthenticationSessionStore {
  return {
    async insert({ id, realmId, timestamp, tabs }, expiresAtMs) {
      const text = `INSERT INTO root_auth_session (id, realm_id, timestamp, expires_at_ms, version, tabs)
        VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT DO NOTHING`;
      return (await sql.run('auth-session-insert', text, [id, realmId, timestamp, expiresAtMs, JSON.stringify(tabs)])) > 0;
    },

    async load(realmId, id, nowMs) {
      const text = 'SELECT timestamp, version, tabs FROM root_auth_session WHERE id = $1 AND realm_id = $2 AND expires_at_ms > $3';
      const row = await firstRow(sql.rows<Row>('auth-session-load', text, [id, realmId, nowMs]));
      if (row === undefined) return undefined;
      const tabs = JSON.parse(row.tabs) as RootAuthenticationSession['tabs'];
      return { root: { id, realmId, timestamp: row.timestamp, tabs }, version: row.version };
    },

    async replace({ id, realmId, timestamp, tabs }, expiresAtMs, version) {
      const text = `UPDATE root_auth_session SET timestamp = $3, expires_at_ms = $4, tabs = $5, version = version + 1
        WHERE id = $1 AND realm_id = $2 AND version = $6`;
      return (await sql.run('auth-session-replace', text, [id, realmId, timestamp, expiresAtMs, JSON.stringify(tabs), version])) > 0;
    },

    async remove(realmId, id, version) {
      const text = 'DELETE FROM root_auth_session WHERE id = $1 AND realm_id = $2 AND version = coalesce($3, version)';
      return (await sql.run('auth-session-remove', text, [id, realmId, version ?? null])) > 0;
    },

    sweep(nowMs, limit) {
      const text = `DELETE FROM root_auth_session WHERE id IN (
        SELECT id FROM root_auth_session WHERE expires_at_ms < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`;
      return sql.run('auth-session-sweep', text, [nowMs, limit]);
    },
  };
}
