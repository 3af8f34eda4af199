import type { Migration } from './migration.ts';

/** Stored events of administrators, with Keycloak's name and columns of the table. */
export const adminEventEntity: Migration = {
  id: 6,
  name: 'events of administrators',
  statements: [
    `CREATE TABLE admin_event_entity (
      id varchar(36) PRIMARY KEY,
      admin_event_time bigint NOT NULL,
      realm_id varchar(255) NOT NULL,
      operation_type varchar(255) NOT NULL,
      resource_type varchar(64) NOT NULL,
      resource_path varchar(2550),
      representation text,
      error varchar(255),
      auth_realm_id varchar(255) NOT NULL,
      auth_client_id varchar(255) NOT NULL,
      auth_user_id varchar(255) NOT NULL,
      ip_address varchar(255))`,
    'CREATE INDEX idx_admin_event_time ON admin_event_entity (realm_id, admin_event_time)',
  ],
};
