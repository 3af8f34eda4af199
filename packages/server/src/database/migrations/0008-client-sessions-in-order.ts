import type { Migration } from './migration.ts';

/**
 * A page of a client's sessions is read in the order of their ids. The index that finds them ends with that id now, in place of two columns that
 * are the same in every row: without it a page of a million sessions meant to sort a million.
 */
export const clientSessionsInOrder: Migration = {
  id: 8,
  name: 'client sessions in order',
  statements: [
    'DROP INDEX idx_offline_css_by_client_and_realm',
    `CREATE INDEX idx_offline_css_by_client_and_realm
      ON offline_client_session (realm_id, offline_flag, client_id, user_session_id)`,
  ],
};
