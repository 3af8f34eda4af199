import { sql as fragment, type SelectQueryBuilder } from 'kysely';
import { builder, literal, type SearchedTables } from './query-builder.ts';
import type { UserQuery } from './stores.ts';

type Search = SelectQueryBuilder<SearchedTables, 'user_entity', object>;

/**
 * Users of a realm that fit Keycloak's query parameters. Without `exact` each one matches as a part, ignoring case; `search` is a list of
 * words, each matched against name, address, first and last name: `"word"` exactly, `wor*d` with wildcards, `word` as a beginning.
 */
export function searchUsers(realmId: string, query: UserQuery): Search {
  let search: Search = builder.selectFrom('user_entity').where('realm_id', '=', realmId).where('service_account_client_link', 'is', null);
  if (query.enabled !== undefined) search = search.where('enabled', '=', query.enabled);
  if (query.emailVerified !== undefined) search = search.where('email_verified', '=', query.emailVerified);
  const fields = {
    username: query.username,
    email: query.email,
    first_name: query.firstName,
    last_name: query.lastName,
  } as const;
  for (const [column, wanted] of Object.entries(fields) as [keyof typeof fields, string | undefined][]) {
    if (wanted === undefined) continue;
    search = search.where(column, 'ilike', query.exact ? literal(wanted) : `%${literal(wanted)}%`);
  }
  for (const [name, value] of Object.entries(query.attributes ?? {})) {
    search = search.where(fragment<boolean>`attributes @> ${JSON.stringify({ [name]: [value] })}::jsonb`);
  }
  for (const word of query.search?.split(/\s+/).filter((part) => part !== '') ?? []) {
    const like = pattern(word);
    search = search.where((where) =>
      where.or((['username', 'email', 'first_name', 'last_name'] as const).map((column) => where(column, 'ilike', like))),
    );
  }
  return search;
}

function pattern(word: string): string {
  if (word.length > 2 && word.startsWith('"') && word.endsWith('"')) return literal(word.slice(1, -1));
  const wild = literal(word).replaceAll('*', '%');
  return wild.endsWith('%') ? wild : `${wild}%`;
}
