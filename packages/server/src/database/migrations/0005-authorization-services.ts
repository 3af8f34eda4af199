import type { Migration } from './migration.ts';

/**
 * Resource servers with what they protect, under Keycloak's names of the tables. Rows go with the client; what the owners (clients or users)
 * are is not for a foreign key to say.
 */
export const authorizationServices: Migration = {
  id: 5,
  name: 'authorization services',
  statements: [
    `CREATE TABLE resource_server (
      id text PRIMARY KEY REFERENCES client ON DELETE CASCADE,
      realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
      allow_rs_remote_mgmt boolean NOT NULL,
      policy_enforce_mode text NOT NULL,
      decision_strategy text NOT NULL)`,

    `CREATE TABLE resource_server_scope (
      id text PRIMARY KEY,
      resource_server_id text NOT NULL REFERENCES resource_server ON DELETE CASCADE,
      name text NOT NULL,
      display_name text,
      icon_uri text,
      CONSTRAINT resource_server_scope_name UNIQUE (resource_server_id, name))`,

    `CREATE TABLE resource_server_resource (
      id text PRIMARY KEY,
      resource_server_id text NOT NULL REFERENCES resource_server ON DELETE CASCADE,
      name text NOT NULL,
      display_name text,
      type text,
      icon_uri text,
      owner text NOT NULL,
      owner_managed_access boolean NOT NULL,
      uris text[] NOT NULL,
      attributes jsonb NOT NULL,
      CONSTRAINT resource_server_resource_name UNIQUE (resource_server_id, owner, name))`,
    'CREATE INDEX resource_server_resource_by_owner ON resource_server_resource (owner)',
    'CREATE INDEX resource_server_resource_by_type ON resource_server_resource (resource_server_id, type)',

    `CREATE TABLE resource_scope (
      resource_id text NOT NULL REFERENCES resource_server_resource ON DELETE CASCADE,
      scope_id text NOT NULL REFERENCES resource_server_scope ON DELETE CASCADE,
      PRIMARY KEY (resource_id, scope_id))`,
    'CREATE INDEX resource_scope_by_scope ON resource_scope (scope_id)',

    `CREATE TABLE resource_server_policy (
      id text PRIMARY KEY,
      resource_server_id text NOT NULL REFERENCES resource_server ON DELETE CASCADE,
      name text NOT NULL,
      description text,
      type text NOT NULL,
      logic text NOT NULL,
      decision_strategy text NOT NULL,
      owner text,
      config jsonb NOT NULL,
      CONSTRAINT resource_server_policy_name UNIQUE (resource_server_id, name))`,
    `CREATE INDEX resource_server_policy_by_resource_type
      ON resource_server_policy (resource_server_id, (config ->> 'defaultResourceType'))`,
    'CREATE INDEX resource_server_policy_by_owner ON resource_server_policy (owner)',

    `CREATE TABLE scope_policy (
      policy_id text NOT NULL REFERENCES resource_server_policy ON DELETE CASCADE,
      scope_id text NOT NULL REFERENCES resource_server_scope ON DELETE CASCADE,
      PRIMARY KEY (policy_id, scope_id))`,
    'CREATE INDEX scope_policy_by_scope ON scope_policy (scope_id)',

    `CREATE TABLE resource_policy (
      policy_id text NOT NULL REFERENCES resource_server_policy ON DELETE CASCADE,
      resource_id text NOT NULL REFERENCES resource_server_resource ON DELETE CASCADE,
      PRIMARY KEY (policy_id, resource_id))`,
    'CREATE INDEX resource_policy_by_resource ON resource_policy (resource_id)',

    `CREATE TABLE associated_policy (
      policy_id text NOT NULL REFERENCES resource_server_policy ON DELETE CASCADE,
      associated_policy_id text NOT NULL REFERENCES resource_server_policy ON DELETE CASCADE,
      PRIMARY KEY (policy_id, associated_policy_id))`,
    'CREATE INDEX associated_policy_by_associated ON associated_policy (associated_policy_id)',

    `CREATE TABLE resource_server_perm_ticket (
      id text PRIMARY KEY,
      resource_server_id text NOT NULL REFERENCES resource_server ON DELETE CASCADE,
      resource_id text NOT NULL REFERENCES resource_server_resource ON DELETE CASCADE,
      scope_id text REFERENCES resource_server_scope ON DELETE CASCADE,
      owner text NOT NULL,
      requester text NOT NULL,
      created_timestamp bigint NOT NULL,
      granted_timestamp bigint,
      policy_id text REFERENCES resource_server_policy ON DELETE SET NULL)`,
    `CREATE UNIQUE INDEX resource_server_perm_ticket_once
      ON resource_server_perm_ticket (resource_id, requester, (coalesce(scope_id, '')))`,
    'CREATE INDEX resource_server_perm_ticket_by_owner ON resource_server_perm_ticket (owner)',
    'CREATE INDEX resource_server_perm_ticket_by_requester ON resource_server_perm_ticket (requester, resource_server_id)',
    'CREATE INDEX resource_server_perm_ticket_by_policy ON resource_server_perm_ticket (policy_id)',

    // What a user owned, asked for or shared goes with the user, whichever statement removes it. A permission for nothing else goes too: one
    // of scopes that lost its last resource would speak of every resource.
    `CREATE FUNCTION forget_authorization_of_user() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        DELETE FROM resource_server_policy WHERE id IN (
          SELECT l.policy_id FROM resource_policy l JOIN resource_server_resource r ON r.id = l.resource_id
           GROUP BY l.policy_id HAVING bool_and(r.owner IN (SELECT id FROM gone)));
        DELETE FROM resource_server_resource WHERE owner IN (SELECT id FROM gone);
        DELETE FROM resource_server_policy WHERE owner IN (SELECT id FROM gone);
        DELETE FROM resource_server_perm_ticket WHERE owner IN (SELECT id FROM gone) OR requester IN (SELECT id FROM gone);
        RETURN NULL;
      END $$`,
    `CREATE TRIGGER user_entity_authorization AFTER DELETE ON user_entity
      REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_authorization_of_user()`,
  ],
};
