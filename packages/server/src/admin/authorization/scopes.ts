import { putScope, removeScope, updateScope } from '../../authorization/changes/scopes.ts';
import { scopeToRepresentation } from '../../authorization/representation/shapes.ts';
import type { AuthorizationScope, ResourceServer } from '../../model/index.ts';
import type { Representation } from '../../realm/fields.ts';
import { type AdminCall, type AdminHandler, bodyOf, parameter } from '../admin-route.ts';
import { DEFAULT_PAGE_SIZE, pageOf, queryText } from '../query.ts';
import { scopeShape } from './bodies.ts';
import { base, changeServer, serverOf, silentlyAbsent, silentlyBad } from './server-of.ts';

/** What can be done to resources. */
export function declareScopes(declare: (endpoint: string, handler: AdminHandler) => void): void {
  declare(`GET ${base}/scope`, async (call) => {
    const { server } = await serverOf(call);
    const { request } = call;
    const scopes = await call.context.storage.stores.authorization.scopes.list(server.id, {
      ...pageOf(request, DEFAULT_PAGE_SIZE),
      id: queryText(request, 'scopeId') || undefined,
      name: queryText(request, 'name') || undefined,
    });
    return scopes.map(scopeToRepresentation);
  });

  declare(`POST ${base}/scope`, async (call) => {
    const body = bodyOf<Representation>(call.request, scopeShape);
    const scope = await changeServer(call, (change) => putScope(change, body));
    call.reply.code(201);
    return scopeToRepresentation(scope);
  });

  declare(`GET ${base}/scope/search`, async (call) => {
    const { server } = await serverOf(call);
    const name = queryText(call.request, 'name');
    if (name === undefined) throw silentlyBad();
    const scope = await call.context.storage.stores.authorization.scopes.byName(server.id, name);
    return scope && scopeToRepresentation(scope);
  });

  declare(`GET ${base}/scope/:scopeId`, async (call) => scopeToRepresentation((await scopeOf(call)).scope));

  declare(`PUT ${base}/scope/:scopeId`, async (call) => {
    const { scope } = await scopeOf(call);
    const body = bodyOf<Representation>(call.request, scopeShape);
    await changeServer(call, (change) => updateScope(change, scope.id, body));
  });

  declare(`DELETE ${base}/scope/:scopeId`, async (call) => {
    const { scope } = await scopeOf(call);
    await changeServer(call, (change) => removeScope(change, scope.id));
  });

  declare(`GET ${base}/scope/:scopeId/resources`, async (call) => {
    const { server, scope } = await scopeOf(call);
    const resources = await call.context.storage.stores.authorization.resources.list(server.id, { scopeIds: [scope.id] });
    return resources.map(({ id, name }) => ({ name, _id: id }));
  });

  declare(`GET ${base}/scope/:scopeId/permissions`, async (call) => {
    const { server, scope } = await scopeOf(call);
    const policies = await call.context.storage.stores.authorization.policies.list(server.id, { scopeIds: [scope.id] });
    return policies.filter(({ type }) => type !== 'uma').map(reference);
  });
}

/** A policy as others refer to it: what it says is not shown. */
export function reference(policy: { readonly id: string; readonly name: string; readonly type: string }): Representation {
  const { id, name, type } = policy;
  return { id, name, type, logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', config: {} };
}

async function scopeOf(call: AdminCall): Promise<{ readonly server: ResourceServer; readonly scope: AuthorizationScope }> {
  const { server } = await serverOf(call);
  const scope = await call.context.storage.stores.authorization.scopes.byId(server.id, parameter(call.request, 'scopeId'));
  if (scope === undefined) throw silentlyAbsent();
  return { server, scope };
}
