import { firstRow, type Sql } from '../database/sql.ts';
import type { LoginFailure } from '../model/index.ts';
import type { LoginFailureStore } from './shared-state.ts';

interface Row {
  readonly failed_login_not_before: number;
  readonly num_failures: number;
  readonly num_temporary_lockouts: number;
  readonly num_secondary_auth_failures: number;
  readonly last_failure: number;
  readonly last_ip_failure: string;
  readonly pending: string | null;
  readonly expires_at_ms: number;
  readonly version: number;
}

const columns = `realm_id, user_id, failed_login_not_before, num_failures, num_temporary_lockouts, num_secondary_auth_failures, last_failure,
  last_ip_failure, pending, expires_at_ms`;

function valuesOf(failure: LoginFailure, expiresAtMs: number): readonly unknown[] {
  const { realmId, userId, failedLoginNotBefore, numFailures, numTemporaryLockouts, numSecondaryAuthFailures } = failure;
  const counts = [failedLoginNotBefore, numFailures, numTemporaryLockouts, numSecondaryAuthFailures];
  const pending = failure.pending === undefined ? null : JSON.stringify(failure.pending);
  const last = [Math.floor(failure.lastFailure), failure.lastIPFailure.slice(0, 255)];
  return [realmId, userId, ...counts, ...last, pending, Math.ceil(expiresAtMs)];
}

export function createLoginFailureStore(sql: Sql): LoginFailureStore {
  return {
    async load(realmId, userId, nowMs) {
      const text = 'SELECT * FROM login_failure WHERE realm_id = $1 AND user_id = $2';
      const row = await firstRow(sql.rows<Row>('login-failure-load', text, [realmId, userId]));
      if (row === undefined) return undefined;
      const failure: LoginFailure = {
        realmId,
        userId,
        failedLoginNotBefore: row.failed_login_not_before,
        numFailures: row.num_failures,
        numTemporaryLockouts: row.num_temporary_lockouts,
        numSecondaryAuthFailures: row.num_secondary_auth_failures,
        lastFailure: row.last_failure,
        lastIPFailure: row.last_ip_failure,
        ...(row.pending === null ? {} : { pending: JSON.parse(row.pending) as NonNullable<LoginFailure['pending']> }),
      };
      return { failure: row.expires_at_ms > nowMs ? failure : undefined, version: row.version };
    },

    async insert(failure, expiresAtMs) {
      const text = `INSERT INTO login_failure (${columns}, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) ON CONFLICT DO NOTHING`;
      return (await sql.run('login-failure-insert', text, valuesOf(failure, expiresAtMs))) > 0;
    },

    async replace(failure, expiresAtMs, version) {
      const text = `UPDATE login_failure SET failed_login_not_before = $3, num_failures = $4, num_temporary_lockouts = $5,
          num_secondary_auth_failures = $6, last_failure = $7, last_ip_failure = $8, pending = $9, expires_at_ms = $10, version = version + 1
        WHERE realm_id = $1 AND user_id = $2 AND version = $11`;
      return (await sql.run('login-failure-replace', text, [...valuesOf(failure, expiresAtMs), version])) > 0;
    },

    async remove(realmId, userId, version) {
      const text = 'DELETE FROM login_failure WHERE realm_id = $1 AND user_id = $2 AND version = coalesce($3, version)';
      return (await sql.run('login-failure-remove', text, [realmId, userId, version ?? null])) > 0;
    },

    removeOfRealm(realmId, limit) {
      const text = `DELETE FROM login_failure WHERE (realm_id, user_id) IN (
        SELECT realm_id, user_id FROM login_failure WHERE realm_id = $1 ORDER BY user_id LIMIT $2 FOR UPDATE)`;
      return sql.run('login-failure-remove-of-realm', text, [realmId, limit]);
    },

    sweep(nowMs, limit) {
      const text = `DELETE FROM login_failure WHERE (realm_id, user_id) IN (
        SELECT realm_id, user_id FROM login_failure WHERE expires_at_ms < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`;
      return sql.run('login-failure-sweep', text, [nowMs, limit]);
    },
  };
}
