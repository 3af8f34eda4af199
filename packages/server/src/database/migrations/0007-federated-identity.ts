import type { Migration } from './migration.ts';

/** Links between users and identities of outside providers; an identity belongs to one user. Users are found by attributes, too. */
export const federatedIdentity: Migration = {
  id: 7,
  name: 'federated identity',
  statements: [
    `CREATE TABLE federated_identity (
      user_id text NOT NULL REFERENCES user_entity ON DELETE CASCADE,
      realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
      identity_provider text NOT NULL,
      federated_user_id text NOT NULL,
      federated_username text NOT NULL,
      token text,
      PRIMARY KEY (user_id, identity_provider))`,
    'CREATE UNIQUE INDEX federated_identity_by_identity ON federated_identity (realm_id, identity_provider, federated_user_id)',
    'CREATE INDEX user_entity_by_attribute ON user_entity USING gin (attributes jsonb_path_ops)',
  ],
};
