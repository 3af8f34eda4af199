import type { Realm, ResourceServer } from '../model/index.ts';
import type { ResourceQuery } from '../store/authorization-stores.ts';
import type { Page, Stores } from '../store/stores.ts';
import { bestMatch } from './uri-match.ts';

/** How resources are searched for, by Admin REST and by the protection API. */
export interface ResourceSearch extends Page {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly exactName?: boolean | undefined;
  readonly uri?: string | undefined;
  /** Whether the URI may be one that a pattern of a resource stands for. */
  readonly matchingUri?: boolean | undefined;
  /** clientId, name of a user, or an id. */
  readonly owner?: string | undefined;
  readonly type?: string | undefined;
  /** Name or id of a scope. */
  readonly scope?: string | undefined;
}

/** The ids of what is found, by name. */
export async function searchResources(
  stores: Pick<Stores, 'authorization' | 'clients' | 'users'>,
  realm: Realm,
  server: ResourceServer,
  search: ResourceSearch,
): Promise<readonly string[]> {
  const { resources, scopes } = stores.authorization;
  const { scope, owner, matchingUri, ...rest } = search;
  const query: ResourceQuery = { ...rest, owner: owner === undefined ? undefined : await ownerId(stores, realm, owner) };
  if (scope !== undefined) {
    const found = (await scopes.byName(server.id, scope)) ?? (await scopes.byId(server.id, scope));
    if (found === undefined) return [];
    return resources.ids(server.id, { ...query, scopeIds: [found.id] });
  }
  const found = await resources.ids(server.id, query);
  if (found.length > 0 || matchingUri !== true || search.uri === undefined) return found;
  const best = bestMatch(await resources.uris(server.id), search.uri);
  if (best === undefined) return [];
  return resources.ids(server.id, { ...query, uri: undefined, id: best });
}

async function ownerId(stores: Pick<Stores, 'clients' | 'users'>, realm: Realm, owner: string): Promise<string> {
  const client = await stores.clients.byClientId(realm.id, owner);
  return client?.id ?? (await stores.users.byUsername(realm.id, owner))?.id ?? owner;
}
