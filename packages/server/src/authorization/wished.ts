import type { AuthorizationDirectory, ScopeBook } from '../cache/authorization-directory.ts';
import type { ProtectedResource, ResourceServer } from '../model/index.ts';
import { serverResourcesOfType } from './evaluate.ts';
import type { Wish } from './evaluation/decide.ts';
import { refused } from './refusal.ts';
import { scopeIdsOf, scopeWishes, wishFor } from './wishes.ts';

/** A permission as a client asks for it: a resource by its id, its name or its type, scopes, or scopes alone. */
export interface Wanted {
  readonly resource?: string | undefined;
  readonly scopes: readonly string[];
}

export interface WantedBy {
  readonly authorization: AuthorizationDirectory;
  readonly server: ResourceServer;
  readonly scopes: ScopeBook;
  readonly subjectId: string;
  /** Words of the `scope` parameter: they are wanted of everything. */
  readonly furtherScopes: readonly string[];
  readonly limit: number;
}

/** What is wanted, in the words of resources and scopes that exist. @throws ReplyError 400 invalid_scope, invalid_resource. */
export async function wishesOf(by: WantedBy, wanted: readonly Wanted[]): Promise<Map<string, Wish>> {
  const wishes = new Map<string, Wish>();
  for (const one of wanted) {
    if (wishes.size >= by.limit) break;
    const names = [...one.scopes, ...by.furtherScopes];
    const scopeIds = scopeIdsOf(by.scopes, names);
    if (names.length > 0 && scopeIds.length === 0) {
      throw refused(400, 'invalid_scope', `One of the given scopes [${names.join(', ')}] is invalid`);
    }
    const found =
      one.resource === undefined || one.resource === ''
        ? await scopeWishes(by, scopeIds)
        : await resourceWishes(by, one.resource, scopeIds);
    for (const wish of found) if (wishes.size < by.limit || wishes.has(keyOf(wish))) add(wishes, wish);
    if (found.length === 0 && wishes.size === 0 && one.resource && !byType(one.resource)) {
      throw refused(400, 'invalid_resource', `Resource with id [${one.resource}] does not exist.`);
    }
  }
  return wishes;
}

/** Adds a wish to those that are there; of one resource the scopes come together. */
export function add(wishes: Map<string, Wish>, wish: Wish): void {
  const key = keyOf(wish);
  const before = wishes.get(key);
  if (before === undefined) wishes.set(key, wish);
  // What is granted by a ticket is so for the scopes of the ticket alone.
  else if (before.granted === wish.granted) wishes.set(key, { ...before, scopeIds: [...new Set([...before.scopeIds, ...wish.scopeIds])] });
}

function keyOf({ resource, scopeIds }: Wish): string {
  return resource?.id ?? `scope:${scopeIds[0] ?? ''}`;
}

const prefixes = ['resource-type:', 'resource-type-any:', 'resource-type-instance:', 'resource-type-owner:'] as const;

function byType(name: string): boolean {
  return prefixes.some((prefix) => name.startsWith(prefix));
}

async function resourceWishes(by: WantedBy, name: string, scopeIds: readonly string[]): Promise<readonly Wish[]> {
  // What has no hyphen is no id: names are not looked up twice.
  const direct = name.includes('-') ? await by.authorization.resource(by.server, name) : undefined;
  if (direct !== undefined) return wanting(by, [direct], scopeIds);
  if (byType(name)) return wanting(by, await ofType(by, name), scopeIds);
  return namedWishes(by, name, scopeIds);
}

/** A name may stand for the subject's own resource, for one that was shared with it, and for one of the server. */
async function namedWishes(by: WantedBy, name: string, scopeIds: readonly string[]): Promise<readonly Wish[]> {
  const { authorization, server, subjectId } = by;
  // Who owns nothing here owns nothing of that name.
  const owns = (await authorization.resourcesOfOwner(server, subjectId)).length > 0;
  const own = owns ? await authorization.resourceByName(server, subjectId, name) : undefined;
  const wishes = [...(await wanting(by, own === undefined ? [] : [own], scopeIds))];
  if (subjectId === server.id) return wishes;
  wishes.push(...(await sharedWishes(by, name, scopeIds)));
  const ofServer = await authorization.resourceByName(server, server.id, name);
  return [...wishes, ...(await wanting(by, ofServer === undefined ? [] : [ofServer], scopeIds))];
}

/** Of what was shared only the scopes that the owner granted; where others are wanted, policies decide as for everybody. */
async function sharedWishes(by: WantedBy, name: string, scopeIds: readonly string[]): Promise<readonly Wish[]> {
  const { authorization, server, subjectId } = by;
  const granted = new Map<string, { readonly resource: ProtectedResource; readonly scopeIds: string[] }>();
  for (const { resourceId, scopeId } of await authorization.ticketsOf(server, subjectId)) {
    const resource = await authorization.resource(server, resourceId);
    if (resource?.name !== name) continue;
    const known = granted.get(resourceId) ?? { resource, scopeIds: [] };
    if (scopeId !== undefined) known.scopeIds.push(scopeId);
    granted.set(resourceId, known);
  }
  return Promise.all(
    [...granted.values()].map(async ({ resource, scopeIds: shared }): Promise<Wish> => {
      const both = scopeIds.length === 0 ? shared : scopeIds.filter((id) => shared.includes(id));
      if (both.length === 0 && scopeIds.length > 0) return wishFor(by, resource, scopeIds);
      return { resource, scopeIds: both, granted: true };
    }),
  );
}

async function ofType(by: WantedBy, name: string): Promise<readonly ProtectedResource[]> {
  const { authorization, server, subjectId } = by;
  const type = name.slice(name.indexOf(':') + 1);
  if (name.startsWith('resource-type:')) return serverResourcesOfType(authorization, server, type);
  const ids = await authorization.resourcesOfType(server, type);
  const all = (await Promise.all(ids.map((id) => authorization.resource(server, id)))).filter((one) => one !== undefined);
  if (name.startsWith('resource-type-owner:')) return all.filter(({ owner }) => owner === subjectId);
  return name.startsWith('resource-type-instance:') ? all.filter(({ owner }) => owner !== server.id) : all;
}

/** Wishes for resources; one that has none of the scopes is left out. */
async function wanting(by: WantedBy, resources: readonly ProtectedResource[], scopeIds: readonly string[]): Promise<readonly Wish[]> {
  const wishes = await Promise.all(resources.map((resource) => wishFor(by, resource, scopeIds)));
  return wishes.filter((wish) => scopeIds.length === 0 || wish.scopeIds.length > 0);
}
