import type { AuthorizationPolicy, ResourceServer } from '../../model/index.ts';
import type { PolicyQuery } from '../../store/authorization-stores.ts';
import type { AdminCall } from '../admin-route.ts';
import { DEFAULT_PAGE_SIZE, pageOf, queryFlag, queryText } from '../query.ts';

/** Policies as the query of a request wants them. What users share is only shown to who asks for the owner. */
export async function searchPolicies(
  call: AdminCall,
  server: ResourceServer,
  fixed: Pick<PolicyQuery, 'permission' | 'type'>,
): Promise<readonly AuthorizationPolicy[]> {
  const { request, context } = call;
  const { policies } = context.storage.stores.authorization;
  const text = (name: string): string | undefined => queryText(request, name)?.trim() || undefined;
  const id = text('policyId');
  const linked = await linkedTo(call, server, text('resource'), text('scope'));
  if (linked?.size === 0) return [];
  return policies.list(server.id, {
    ...pageOf(request, DEFAULT_PAGE_SIZE),
    name: text('name'),
    type: fixed.type ?? text('type'),
    permission: fixed.permission ?? queryFlag(request, 'permission'),
    resourceType: text('resourceType'),
    owner: text('owner') ?? null,
    ids: linked === undefined ? (id === undefined ? undefined : [id]) : [...linked].filter((one) => id === undefined || one === id),
  });
}

/** Ids of the permissions for a resource or a scope (by id or name), with the policies that they ask. */
async function linkedTo(
  { context }: AdminCall,
  server: ResourceServer,
  resource: string | undefined,
  scope: string | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (resource === undefined && scope === undefined) return undefined;
  const { policies, resources, scopes } = context.storage.stores.authorization;
  const found: AuthorizationPolicy[] = [];
  if (resource !== undefined) {
    const byId = await resources.byIds(server.id, [resource]);
    const all = byId.length > 0 ? byId : await resources.list(server.id, { name: resource, exactName: true });
    if (all.length > 0) found.push(...(await policies.list(server.id, { resourceIds: all.map(({ id }) => id) })));
    for (const { type } of all) if (type !== undefined) found.push(...(await policies.list(server.id, { resourceType: type })));
  }
  if (scope !== undefined) {
    const one = (await scopes.byId(server.id, scope)) ?? (await scopes.byName(server.id, scope));
    if (one !== undefined) found.push(...(await policies.list(server.id, { scopeIds: [one.id] })));
  }
  const ids = new Set<string>();
  for (let next = found; next.length > 0; ) {
    const fresh = next.filter(({ id }) => !ids.has(id));
    for (const { id } of fresh) ids.add(id);
    next = await policies.byIds(server.id, [...new Set(fresh.flatMap(({ policyIds }) => policyIds))]);
  }
  return ids;
}
