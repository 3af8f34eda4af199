import type { Migration } from './migration.ts';

/**
 * The first schema. Tables that operators know from Keycloak keep its names, columns and indexes: offline_user_session,
 * offline_client_session, revoked_token, server_config, jgroups_ping. In the others what is searched for is a column, the rest lies in
 * `body`. Everything of a realm goes with its row.
 */
export const initialSchema: Migration = {
  id: 1,
  name: 'initial schema',
  statements: [
    `CREATE TABLE realm (
      id text PRIMARY KEY,
      name text NOT NULL,
      enabled boolean NOT NULL,
      version integer NOT NULL,
      body jsonb NOT NULL,
      CONSTRAINT realm_name UNIQUE (name))`,

    `CREATE TABLE realm_key (
      component_id text PRIMARY KEY,
      realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
      priority bigint NOT NULL,
      body jsonb NOT NULL)`,
    'CREATE INDEX realm_key_by_realm ON realm_key (realm_id)',

    `CREATE TABLE client (
      id text PRIMARY KEY,
      realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
      client_id text NOT NULL,
      version integer NOT NULL,
      body jsonb NOT NULL,
      CONSTRAINT client_client_id UNIQUE (realm_id, client_id))`,

    `CREATE TABLE client_scope (
      id text PRIMARY KEY,
      realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
      name text NOT NULL,
      body jsonb NOT NULL,
      CONSTRAINT client_scope_name UNIQUE (realm_id, name))`,

    // Which scopes a client has, as default or on request.
    `CREATE TABLE client_scope_client (
      client_id text NOT NULL REFERENCES client ON DELETE CASCADE,
      scope_id text NOT NULL REFERENCES client_scope ON DELETE CASCADE,
      default_scope boolean NOT NULL,
      PRIMARY KEY (client_id, scope_id))`,
    'CREATE INDEX client_scope_client_by_scope ON client_scope_client (scope_id)',

    `CREATE TABLE keycloak_role (
      id text PRIMARY KEY,
      realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
      client_id text REFERENCES client ON DELETE CASCADE,
      name text NOT NULL,
      description text,
      attributes jsonb NOT NULL)`,
    'CREATE UNIQUE INDEX keycloak_role_realm_name ON keycloak_role (realm_id, name) WHERE client_id IS NULL',
    'CREATE UNIQUE INDEX keycloak_role_client_name ON keycloak_role (client_id, name) WHERE client_id IS NOT NULL',

    `CREATE TABLE composite_role (
      composite text NOT NULL REFERENCES keycloak_role ON DELETE CASCADE,
      child_role text NOT NULL REFERENCES keycloak_role ON DELETE CASCADE,
      PRIMARY KEY (composite, child_role))`,
    'CREATE INDEX composite_role_by_child ON composite_role (child_role)',

    `CREATE TABLE scope_mapping (
      client_id text NOT NULL REFERENCES client ON DELETE CASCADE,
      role_id text NOT NULL REFERENCES keycloak_role ON DELETE CASCADE,
      PRIMARY KEY (client_id, role_id))`,
    'CREATE INDEX scope_mapping_by_role ON scope_mapping (role_id)',

    `CREATE TABLE client_scope_role_mapping (
      scope_id text NOT NULL REFERENCES client_scope ON DELETE CASCADE,
      role_id text NOT NULL REFERENCES keycloak_role ON DELETE CASCADE,
      PRIMARY KEY (scope_id, role_id))`,
    'CREATE INDEX client_scope_role_mapping_by_role ON client_scope_role_mapping (role_id)',

    `CREATE TABLE keycloak_group (
      id text PRIMARY KEY,
      realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
      parent_id text REFERENCES keycloak_group ON DELETE CASCADE,
      name text NOT NULL,
      path text NOT NULL,
      attributes jsonb NOT NULL)`,
    // Root groups have the empty text as their parent here, so that names are unique among them too.
    "CREATE UNIQUE INDEX keycloak_group_name ON keycloak_group (realm_id, coalesce(parent_id, ''), name)",
    'CREATE INDEX keycloak_group_by_parent ON keycloak_group (parent_id)',

    `CREATE TABLE group_role_mapping (
      group_id text NOT NULL REFERENCES keycloak_group ON DELETE CASCADE,
      role_id text NOT NULL REFERENCES keycloak_role ON DELETE CASCADE,
      PRIMARY KEY (group_id, role_id))`,
    'CREATE INDEX group_role_mapping_by_role ON group_role_mapping (role_id)',

    // email_constraint is the address where the realm wants addresses to be unique, else null.
    `CREATE TABLE user_entity (
      id text PRIMARY KEY,
      realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
      version integer NOT NULL,
      username text NOT NULL,
      email text,
      email_constraint text,
      email_verified boolean NOT NULL,
      first_name text,
      last_name text,
      enabled boolean NOT NULL,
      created_timestamp bigint NOT NULL,
      not_before bigint NOT NULL,
      attributes jsonb NOT NULL,
      required_actions jsonb NOT NULL,
      service_account_client_link text,
      federation_link text,
      CONSTRAINT user_entity_username UNIQUE (realm_id, username),
      CONSTRAINT user_entity_email UNIQUE (realm_id, email_constraint))`,
    'CREATE INDEX user_entity_by_email ON user_entity (realm_id, email)',
    `CREATE INDEX user_entity_by_service_account ON user_entity (realm_id, service_account_client_link)
      WHERE service_account_client_link IS NOT NULL`,

    `CREATE TABLE credential (
      id text PRIMARY KEY,
      user_id text NOT NULL REFERENCES user_entity ON DELETE CASCADE,
      type text NOT NULL,
      user_label text,
      created_date bigint NOT NULL,
      secret_data text NOT NULL,
      credential_data text NOT NULL,
      priority integer NOT NULL,
      version integer NOT NULL)`,
    'CREATE INDEX credential_by_user ON credential (user_id)',

    `CREATE TABLE user_role_mapping (
      user_id text NOT NULL REFERENCES user_entity ON DELETE CASCADE,
      role_id text NOT NULL REFERENCES keycloak_role ON DELETE CASCADE,
      PRIMARY KEY (user_id, role_id))`,
    'CREATE INDEX user_role_mapping_by_role ON user_role_mapping (role_id)',

    `CREATE TABLE user_group_membership (
      user_id text NOT NULL REFERENCES user_entity ON DELETE CASCADE,
      group_id text NOT NULL REFERENCES keycloak_group ON DELETE CASCADE,
      PRIMARY KEY (user_id, group_id))`,
    'CREATE INDEX user_group_membership_by_group ON user_group_membership (group_id)',

    // Online ('0') and offline ('1') sessions alike.
    `CREATE TABLE offline_user_session (
      user_session_id varchar(36) NOT NULL,
      offline_flag varchar(4) NOT NULL,
      user_id varchar(255) NOT NULL,
      realm_id varchar(36) NOT NULL,
      created_on integer NOT NULL,
      last_session_refresh integer NOT NULL DEFAULT 0,
      broker_session_id varchar(1024),
      version integer NOT NULL DEFAULT 0,
      remember_me boolean NOT NULL DEFAULT false,
      data text,
      PRIMARY KEY (user_session_id, offline_flag))`,
    'CREATE INDEX idx_offline_uss_by_user ON offline_user_session (user_id, realm_id, offline_flag)',
    'CREATE INDEX idx_offline_uss_by_broker_session_id ON offline_user_session (broker_session_id, realm_id)',
    `CREATE INDEX idx_user_session_expiration_created
      ON offline_user_session (realm_id, offline_flag, remember_me, created_on)`,
    `CREATE INDEX idx_user_session_expiration_last_refresh
      ON offline_user_session (realm_id, offline_flag, remember_me, last_session_refresh)`,

    `CREATE TABLE offline_client_session (
      user_session_id varchar(36) NOT NULL,
      client_id varchar(255) NOT NULL,
      client_storage_provider varchar(36) NOT NULL DEFAULT 'local',
      external_client_id varchar(255) NOT NULL DEFAULT 'local',
      offline_flag varchar(4) NOT NULL,
      realm_id varchar(36),
      timestamp integer,
      version integer NOT NULL DEFAULT 0,
      data text,
      PRIMARY KEY (user_session_id, client_id, client_storage_provider, external_client_id, offline_flag),
      FOREIGN KEY (user_session_id, offline_flag) REFERENCES offline_user_session ON DELETE CASCADE)`,
    `CREATE INDEX idx_offline_css_by_client_and_realm
      ON offline_client_session (realm_id, offline_flag, client_id, client_storage_provider, external_client_id)`,
    'CREATE INDEX idx_offline_css_by_user_session_and_offline ON offline_client_session (user_session_id, offline_flag)',

    'CREATE TABLE revoked_token (id varchar(255) PRIMARY KEY, expire bigint NOT NULL)',
    'CREATE INDEX idx_rev_token_on_expire ON revoked_token (expire)',

    'CREATE TABLE server_config (server_config_key varchar(255) PRIMARY KEY, value text NOT NULL, version integer DEFAULT 0)',

    `CREATE TABLE jgroups_ping (
      address varchar(200) PRIMARY KEY,
      name varchar(200),
      cluster_name varchar(200) NOT NULL,
      ip varchar(200) NOT NULL,
      coord boolean,
      coordinated_by varchar(200),
      last_update bigint)`,

    // Sequence numbers become visible out of order; the transaction id tells a reader up to where it has seen everything.
    `CREATE TABLE outbox (
      seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
      keys text[] NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now())`,
    'CREATE INDEX outbox_by_xid ON outbox (xid)',
    'CREATE INDEX outbox_by_age ON outbox (created_at)',
  ],
};
