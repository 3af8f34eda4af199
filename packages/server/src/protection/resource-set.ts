import type { AdminEventKind } from '../admin/admin-event-kinds.ts';
import { storeAdminEvent } from '../admin/admin-event-writer.ts';
import { resourceShape } from '../admin/authorization/bodies.ts';
import { resourceSearchOf } from '../admin/authorization/resource-query.ts';
import { queryFlag } from '../admin/query.ts';
import { createResource, removeResource, updateResource } from '../authorization/changes/resources.ts';
import type { Json } from '../authorization/policies/policy-type.ts';
import { absent, refused } from '../authorization/refusal.ts';
import { resourceToRepresentation, scopeOfResource, scopesIn } from '../authorization/representation/shapes.ts';
import { searchResources } from '../authorization/resource-search.ts';
import { ReplyError } from '../http/errors.ts';
import type { ProtectedResource } from '../model/index.ts';
import { bodyOf, change, type ProtectionCall, type ProtectionHandler, parameter } from './protection-route.ts';

/** Resource registration (UMA 2.0 Federated Authorization section 3): whoever registers a resource owns it. */
export function declareResourceSet(declare: (endpoint: string, handler: ProtectionHandler) => void): void {
  declare('POST /resource_set', async (call) => {
    requireRemoteManagement(call);
    const body = bodyOf<Json>(call, resourceShape);
    if (body === undefined) throw new ReplyError(400, '');
    const resource = await change(call, (open) => createResource(open, body, call.subjectId));
    call.reply.code(201);
    await recordChange(call, 'CREATE', resource.id);
    const { attributes: _, ...shown } = await registered(call, resource, true);
    return shown;
  });

  declare('GET /resource_set', async (call) => {
    const { context, realm, server, request } = call;
    const search = resourceSearchOf(request);
    // Whoever is not the resource server finds what is theirs alone.
    const ids = await searchResources(context.storage.stores, realm, server, call.isServer ? search : { ...search, owner: call.subjectId });
    if (queryFlag(request, 'deep') !== true) return ids;
    const scopes = await context.authorization.directory.scopes(server);
    const resources = await context.storage.stores.authorization.resources.byIds(server.id, ids);
    return Promise.all(resources.map(async (one) => resourceToRepresentation(one, await ownerName(call, one), scopes)));
  });

  declare('GET /resource_set/:resourceId', async (call) => registered(call, await resourceOf(call), false));

  declare('PUT /resource_set/:resourceId', async (call) => {
    requireRemoteManagement(call);
    const resource = await resourceOf(call);
    const body = bodyOf<Json>(call, resourceShape);
    if (body === undefined) throw new ReplyError(400, '');
    await change(call, (open) => updateResource(open, resource.id, body));
    await recordChange(call, 'UPDATE', resource.id);
  });

  declare('DELETE /resource_set/:resourceId', async (call) => {
    requireRemoteManagement(call);
    const resource = await resourceOf(call);
    await change(call, (open) => removeResource(open, resource.id));
    await recordChange(call, 'DELETE', resource.id);
  });
}

/** Changes of resources stand among those of administrators, whoever makes them. */
async function recordChange(call: ProtectionCall, operationType: AdminEventKind['operationType'], resourceId: string): Promise<void> {
  const { context, realm, request, bearer } = call;
  const change = { context, realm, request, admin: { realm, client: bearer.client, user: bearer.user } };
  const kind = { operationType, resourceType: 'AUTHORIZATION_RESOURCE' };
  await storeAdminEvent(change, kind, `authz/protection/resource_set/${resourceId}`, request.body);
}

function requireRemoteManagement({ server }: ProtectionCall): void {
  if (!server.allowRemoteResourceManagement) throw refused(400, 'not_supported', 'Remote management is disabled.');
}

/** @throws ReplyError 404; 403 where it is neither the caller's nor the caller the server. */
async function resourceOf(call: ProtectionCall): Promise<ProtectedResource> {
  const { context, server, subjectId, isServer } = call;
  const [resource] = await context.storage.stores.authorization.resources.byIds(server.id, [parameter(call, 'resourceId')]);
  if (resource === undefined) throw absent();
  if (!isServer && resource.owner !== subjectId) throw refused(403, 'forbidden', "You don't have permission to manage this resource");
  return resource;
}

async function ownerName({ context, realm, server, bearer }: ProtectionCall, { owner }: ProtectedResource): Promise<string | undefined> {
  return owner === server.id ? bearer.client.clientId : (await context.state.directory.userById(realm, owner))?.username;
}

/** The resource under the names of UMA beside those of Keycloak; `fresh`: with the ids of scopes and the name of the owner. */
async function registered(call: ProtectionCall, resource: ProtectedResource, fresh: boolean): Promise<Json> {
  const book = await call.context.authorization.directory.scopes(call.server);
  const own = scopesIn(resource, book).map((scope) => (fresh ? scopeOfResource(scope) : { name: scope.name }));
  const { icon_uri: icon, ...shown } = resourceToRepresentation(resource, fresh ? await ownerName(call, resource) : undefined);
  return {
    ...shown,
    attributes: resource.attributes,
    resource_scopes: own,
    ...(own.length === 0 ? {} : { scopes: own }),
    ...(icon === undefined ? {} : { icon_uri: icon }),
  };
}
