import type { Migration } from './migration.ts';

/**
 * What the feature `stateless` keeps here in the place of the grid. single_use_object, login_failure and root_auth_session have Keycloak's
 * names; times in milliseconds, so that a guard against replay is never shorter than what it guards. server_node says who is running in
 * which mode, whatever the mode is.
 */
export const stateInTheDatabase: Migration = {
  id: 3,
  name: 'state in the database',
  statements: [
    // `taken_by`: the operation that used it up; the row stays until it is swept, so that a repeated operation finds its own result.
    `CREATE TABLE single_use_object (
      id text PRIMARY KEY,
      notes text NOT NULL,
      expires_at_ms bigint NOT NULL,
      put_by text,
      taken_by text)`,
    'CREATE INDEX single_use_object_by_expiry ON single_use_object (expires_at_ms)',

    `CREATE TABLE login_failure (
      realm_id varchar(36) NOT NULL,
      user_id varchar(255) NOT NULL,
      failed_login_not_before bigint NOT NULL,
      num_failures integer NOT NULL,
      num_temporary_lockouts integer NOT NULL,
      num_secondary_auth_failures integer NOT NULL,
      last_failure bigint NOT NULL,
      last_ip_failure varchar(255) NOT NULL,
      pending text,
      expires_at_ms bigint NOT NULL,
      version integer NOT NULL,
      PRIMARY KEY (realm_id, user_id))`,
    'CREATE INDEX login_failure_by_expiry ON login_failure (expires_at_ms)',

    `CREATE TABLE root_auth_session (
      id varchar(36) PRIMARY KEY,
      realm_id varchar(36) NOT NULL,
      timestamp bigint NOT NULL,
      expires_at_ms bigint NOT NULL,
      version integer NOT NULL,
      tabs text NOT NULL)`,
    'CREATE INDEX root_auth_session_by_expiry ON root_auth_session (expires_at_ms)',

    `CREATE TABLE server_node (
      id text PRIMARY KEY,
      name text NOT NULL,
      cluster_name text NOT NULL,
      mode text NOT NULL,
      acknowledges boolean NOT NULL,
      beat bigint NOT NULL,
      beat_at timestamptz NOT NULL,
      started_at timestamptz NOT NULL)`,

    'CREATE TABLE cluster_task (name text PRIMARY KEY, holder text NOT NULL, due_at timestamptz NOT NULL)',
  ],
};
