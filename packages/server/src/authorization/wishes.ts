import type { AuthorizationDirectory, ScopeBook } from '../cache/authorization-directory.ts';
import type { ProtectedResource, ResourceServer } from '../model/index.ts';
import { serverResourcesOfType } from './evaluate.ts';
import type { Wish } from './evaluation/decide.ts';

type Book = { readonly authorization: AuthorizationDirectory; readonly server: ResourceServer };

/** The scopes of a resource that are wanted: all of them where none is named. A user's resource also has those of the server's of its type. */
export async function wishFor({ authorization, server }: Book, resource: ProtectedResource, wanted: readonly string[]): Promise<Wish> {
  const all = new Set(resource.scopeIds);
  if (resource.type !== undefined && resource.owner !== server.id) {
    for (const typed of await serverResourcesOfType(authorization, server, resource.type)) for (const id of typed.scopeIds) all.add(id);
  }
  return { resource, scopeIds: wanted.length === 0 ? [...all] : wanted.filter((id) => all.has(id)) };
}

/** Everything that a subject could have: what the server owns, what the subject owns, what others shared with it. */
export async function allWishes(book: Book, subjectId: string, limit = Number.POSITIVE_INFINITY): Promise<readonly Wish[]> {
  const { authorization, server } = book;
  const [ofServer, own, tickets] = await Promise.all([
    authorization.resourcesOfOwner(server, server.id),
    subjectId === server.id ? [] : authorization.resourcesOfOwner(server, subjectId),
    authorization.ticketsOf(server, subjectId),
  ]);
  const ids = [...ofServer, ...own].slice(0, Math.max(0, limit));
  const resources = await Promise.all(ids.map((id) => authorization.resource(server, id)));
  const wishes = await Promise.all(resources.filter((one) => one !== undefined).map((resource) => wishFor(book, resource, [])));
  const shared = new Map<string, Set<string>>();
  for (const { resourceId, scopeId } of tickets) {
    const scopes = shared.get(resourceId) ?? new Set();
    if (scopeId !== undefined) scopes.add(scopeId);
    shared.set(resourceId, scopes);
  }
  for (const [id, scopes] of [...shared].slice(0, Math.max(0, limit - ids.length))) {
    const resource = await authorization.resource(server, id);
    if (resource !== undefined) wishes.push({ resource, scopeIds: [...scopes], granted: true });
  }
  return wishes;
}

/** Wishes for scopes alone: of every resource that has one of them, or of none where no resource has. */
export async function scopeWishes(book: Book, scopeIds: readonly string[]): Promise<readonly Wish[]> {
  const { authorization, server } = book;
  const ids = new Set((await Promise.all(scopeIds.map((id) => authorization.resourcesOfScope(server, id)))).flat());
  if (ids.size === 0) return scopeIds.map((id) => ({ resource: undefined, scopeIds: [id] }));
  const resources = await Promise.all([...ids].map((id) => authorization.resource(server, id)));
  return Promise.all(resources.filter((one) => one !== undefined).map((resource) => wishFor(book, resource, scopeIds)));
}

/** Ids of scopes by their names; unknown names are left out. */
export function scopeIdsOf(scopes: ScopeBook, names: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap((name) => scopes.byName.get(name)?.id ?? []))];
}
