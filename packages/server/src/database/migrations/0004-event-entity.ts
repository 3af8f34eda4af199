import type { Migration } from './migration.ts';

/** Stored user events, with Keycloak's name, columns and indexes of the table. */
export const eventEntity: Migration = {
  id: 4,
  name: 'user events',
  statements: [
    `CREATE TABLE event_entity (
      id varchar(36) PRIMARY KEY,
      client_id varchar(255),
      error varchar(255),
      ip_address varchar(255),
      realm_id varchar(255) NOT NULL,
      session_id varchar(255),
      event_time bigint NOT NULL,
      type varchar(255) NOT NULL,
      user_id varchar(255),
      details_json_long_value text)`,
    'CREATE INDEX idx_event_time ON event_entity (realm_id, event_time)',
    'CREATE INDEX idx_event_entity_user_id_type ON event_entity (user_id, type, event_time)',
  ],
};
