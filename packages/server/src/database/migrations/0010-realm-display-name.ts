import type { Migration } from './migration.ts';

/**
 * Lists of realms show the names for people. Taken out of the documents at each question they cost a hundred times what the rest of a row does,
 * because every document has to be unpacked for them.
 */
export const realmDisplayName: Migration = {
  id: 10,
  name: 'names of realms for people',
  statements: [
    `ALTER TABLE realm
      ADD COLUMN display_name text GENERATED ALWAYS AS (body ->> 'displayName') STORED,
      ADD COLUMN display_name_html text GENERATED ALWAYS AS (body ->> 'displayNameHtml') STORED`,
  ],
};
