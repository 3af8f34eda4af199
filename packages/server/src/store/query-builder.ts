import { createHash } from 'node:crypto';
import { type CompiledQuery, DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { Sql } from '../database/sql.ts';
import type { AdminEventRow } from './admin-events.ts';
import type { Page } from './stores.ts';

/** Columns that searches with a changing number of conditions use; fixed statements are written out where they are. */
export interface SearchedTables {
  client: { id: string; realm_id: string; client_id: string };
  keycloak_role: { id: string; realm_id: string; client_id: string | null; name: string; description: string | null };
  keycloak_group: { id: string; realm_id: string; parent_id: string | null; name: string; path: string };
  user_entity: {
    id: string;
    realm_id: string;
    username: string;
    email: string | null;
    first_name: string | null;
    last_name: string | null;
    enabled: boolean;
    email_verified: boolean;
    attributes: unknown;
    service_account_client_link: string | null;
  };
  event_entity: {
    id: string;
    client_id: string | null;
    error: string | null;
    ip_address: string | null;
    realm_id: string;
    session_id: string | null;
    event_time: number;
    type: string;
    user_id: string | null;
    details_json_long_value: string | null;
  };
  admin_event_entity: AdminEventRow;
}

/** Builds typed statements; they run through `Sql` like all others. */
export const builder = new Kysely<SearchedTables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** Most rows that a list without `max` gives. */
const maxRows = 100_000;

/** Keycloak's `first` and `max`; a negative `max` means no limit. */
export function limits(page: Page | undefined): { offset: number; limit: number } {
  const max = page?.max ?? -1;
  return { offset: Math.max(0, page?.first ?? 0), limit: max < 0 ? maxRows : Math.min(max, maxRows) };
}

/** Runs a built statement; each shape of it is prepared under a name of its own. */
export function runBuilt<R>(sql: Sql, name: string, query: CompiledQuery): Promise<R[]> {
  const shape = createHash('sha1').update(query.sql).digest('hex').slice(0, 12);
  return sql.rows<R>(`${name}-${shape}`, query.sql, query.parameters);
}

/** Escapes what LIKE would take for a wildcard. */
export function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
