import type { FastifyRequest } from 'fastify';
import type { UserQuery } from '../store/stores.ts';
import { attributesOf, queryFlag, queryText } from './query.ts';

/** The query parameters of a search for users, without the page. With `search` the single fields do not count, as in the original. */
export function userQueryOf(request: FastifyRequest): UserQuery {
  const search = queryText(request, 'search');
  const flags = { enabled: queryFlag(request, 'enabled'), emailVerified: queryFlag(request, 'emailVerified') };
  if (search !== undefined && search.trim() !== '') return { ...flags, search };
  return {
    ...flags,
    username: queryText(request, 'username'),
    email: queryText(request, 'email'),
    firstName: queryText(request, 'firstName'),
    lastName: queryText(request, 'lastName'),
    exact: queryFlag(request, 'exact'),
    attributes: attributesOf(queryText(request, 'q')),
  };
}
