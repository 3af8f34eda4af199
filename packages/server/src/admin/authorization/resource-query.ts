import type { FastifyRequest } from 'fastify';
import type { ResourceSearch } from '../../authorization/resource-search.ts';
import { DEFAULT_PAGE_SIZE, pageOf, queryFlag, queryText } from '../query.ts';

/** How a request searches for resources: the words are those of Admin REST and of the protection API alike. */
export function resourceSearchOf(request: FastifyRequest): ResourceSearch {
  const text = (name: string): string | undefined => queryText(request, name) || undefined;
  return {
    ...pageOf(request, DEFAULT_PAGE_SIZE),
    id: text('_id'),
    name: text('name'),
    exactName: queryFlag(request, 'exactName'),
    uri: text('uri'),
    matchingUri: queryFlag(request, 'matchingUri'),
    owner: text('owner'),
    type: text('type'),
    scope: text('scope'),
  };
}
