import { createResource, ownerIn, removeResource, updateResource } from '../../authorization/changes/resources.ts';
import { absent } from '../../authorization/refusal.ts';
import { resourceToRepresentation, scopeOfResource } from '../../authorization/representation/shapes.ts';
import { searchResources } from '../../authorization/resource-search.ts';
import type { ReplyError } from '../../http/errors.ts';
import type { Client, ProtectedResource, ResourceServer } from '../../model/index.ts';
import type { Representation } from '../../realm/fields.ts';
import { type AdminCall, type AdminHandler, bodyOf, parameter } from '../admin-route.ts';
import { queryFlag, queryText } from '../query.ts';
import { resourceShape } from './bodies.ts';
import { resourceSearchOf } from './resource-query.ts';
import { reference } from './scopes.ts';
import { base, changeServer, scopesOf, serverOf, silentlyAbsent, silentlyBad } from './server-of.ts';

/** What is protected. */
export function declareResources(declare: (endpoint: string, handler: AdminHandler) => void): void {
  declare(`GET ${base}/resource`, async (call) => {
    const { client, server } = await serverOf(call);
    const { request, realm, context } = call;
    const ids = await searchResources(context.storage.stores, realm, server, resourceSearchOf(request));
    const resources = await context.storage.stores.authorization.resources.byIds(server.id, ids);
    return shownAll(call, client, server, resources, queryFlag(request, 'deep') ?? true);
  });

  declare(`POST ${base}/resource`, async (call) => {
    const { client, server } = await serverOf(call);
    const body = bodyOf<Representation>(call.request, resourceShape);
    const resource = await changeServer(call, async (change) => createResource(change, body, await ownerIn(change, body)));
    call.reply.code(201);
    return (await shownAll(call, client, server, [resource], true))[0];
  });

  declare(`GET ${base}/resource/search`, async (call) => {
    const { client, server } = await serverOf(call);
    const name = queryText(call.request, 'name');
    if (name === undefined) throw silentlyBad();
    const resource = await call.context.storage.stores.authorization.resources.byName(server.id, server.id, name);
    return resource && (await shownAll(call, client, server, [resource], true))[0];
  });

  declare(`GET ${base}/resource/:resourceId`, async (call) => {
    const { client, server, resource } = await resourceOf(call, absent);
    return (await shownAll(call, client, server, [resource], true))[0];
  });

  declare(`PUT ${base}/resource/:resourceId`, async (call) => {
    const { resource } = await resourceOf(call, absent);
    const body = bodyOf<Representation>(call.request, resourceShape);
    await changeServer(call, (change) => updateResource(change, resource.id, body));
  });

  declare(`DELETE ${base}/resource/:resourceId`, async (call) => {
    const { resource } = await resourceOf(call, absent);
    await changeServer(call, (change) => removeResource(change, resource.id));
  });

  declare(`GET ${base}/resource/:resourceId/attributes`, async (call) => (await resourceOf(call, silentlyAbsent)).resource.attributes);

  declare(`GET ${base}/resource/:resourceId/scopes`, async (call) => {
    const { server, resource } = await resourceOf(call, silentlyAbsent);
    const scopes = await scopesOf(call, server);
    const ids = new Set(resource.scopeIds);
    for (const typed of await typedResources(call, server, resource)) for (const id of typed.scopeIds) ids.add(id);
    return [...ids].flatMap((id) => scopes.byId.get(id) ?? []).map(scopeOfResource);
  });

  declare(`GET ${base}/resource/:resourceId/permissions`, async (call) => {
    const { server, resource } = await resourceOf(call, silentlyAbsent);
    const { policies } = call.context.storage.stores.authorization;
    const typed = await typedResources(call, server, resource);
    const links = await Promise.all([
      policies.ofResources(server.id, [resource.id, ...typed.map(({ id }) => id)]),
      resource.type === undefined ? [] : policies.ofTypes(server.id, [resource.type]),
      policies.ofScopes(server.id, resource.scopeIds),
    ]);
    const ids = [...new Set(links.flat().map(({ policyId }) => policyId))];
    return (await policies.byIds(server.id, ids)).filter(({ type }) => type !== 'uma').map(reference);
  });
}

/** Resources of the server itself whose type the resource of somebody else has: it has their scopes and permissions too. */
async function typedResources(call: AdminCall, server: ResourceServer, resource: ProtectedResource): Promise<readonly ProtectedResource[]> {
  if (resource.type === undefined || resource.owner === server.id) return [];
  return call.context.storage.stores.authorization.resources.list(server.id, { type: resource.type, owner: server.id });
}

async function shownAll(
  call: AdminCall,
  client: Client,
  server: ResourceServer,
  resources: readonly ProtectedResource[],
  deep: boolean,
): Promise<Representation[]> {
  const scopes = deep ? await scopesOf(call, server) : undefined;
  const { directory } = call.context.state;
  return Promise.all(
    resources.map(async (resource) => {
      const name = resource.owner === client.id ? client.clientId : (await directory.userById(call.realm, resource.owner))?.username;
      return resourceToRepresentation(resource, name, scopes);
    }),
  );
}

async function resourceOf(call: AdminCall, missing: () => ReplyError) {
  const { client, server } = await serverOf(call);
  const id = parameter(call.request, 'resourceId');
  const [resource] = await call.context.storage.stores.authorization.resources.byIds(server.id, [id]);
  if (resource === undefined) throw missing();
  return { client, server, resource };
}
