import type { Migration } from './migration.ts';

/** What users let clients see: one row a user and client, with the ids of the client scopes. */
export const userConsent: Migration = {
  id: 2,
  name: 'user consent',
  statements: [
    `CREATE TABLE user_consent (
      user_id text NOT NULL REFERENCES user_entity ON DELETE CASCADE,
      client_id text NOT NULL REFERENCES client ON DELETE CASCADE,
      scope_ids text[] NOT NULL,
      created_date bigint NOT NULL,
      last_updated_date bigint NOT NULL,
      PRIMARY KEY (user_id, client_id))`,
    'CREATE INDEX user_consent_by_client ON user_consent (client_id)',
  ],
};
