import { DEFAULT_PAGE_SIZE, pageOf, queryText } from '../admin/query.ts';
import { representation } from '../admin/representation-shapes.ts';
import { removePolicies } from '../authorization/changes/policies.ts';
import { createUmaPolicy, umaPolicyFields, updateUmaPolicy } from '../authorization/changes/uma-policies.ts';
import { policyType } from '../authorization/policies/index.ts';
import type { Json } from '../authorization/policies/policy-type.ts';
import { refused } from '../authorization/refusal.ts';
import { given } from '../authorization/representation/shapes.ts';
import type { AuthorizationPolicy, ProtectedResource } from '../model/index.ts';
import { bodyOf, change, type ProtectionCall, type ProtectionHandler, parameter } from './protection-route.ts';

const shape = representation('UmaPermissionRepresentation', {
  texts: 'id name description type logic decisionStrategy owner condition',
  textLists: 'policies resources scopes roles groups clients users',
  anything: 'resourcesData scopesData',
});

/** Policies by which owners share their own resources: by roles, groups, clients and users. */
export function declareUmaPolicy(declare: (endpoint: string, handler: ProtectionHandler) => void): void {
  declare('POST /uma-policy/:id', async (call) => {
    const body = bodyOf<Json>(call, shape) ?? {};
    if (typeof body['id'] === 'string') throw refused(400, 'invalid_request', 'Newly created uma policies should not have an id');
    const resource = await ownResource(call, parameter(call, 'id'));
    return shown(call, await change(call, (open) => createUmaPolicy(open, resource, body, call.subjectId)));
  });

  declare('GET /uma-policy', async (call) => {
    const { context, server, request, subjectId } = call;
    const text = (name: string): string | undefined => queryText(request, name) || undefined;
    const [resource, scope] = [text('resource'), text('scope')];
    const scopes = await context.authorization.directory.scopes(server);
    const policies = await context.storage.stores.authorization.policies.list(server.id, {
      ...pageOf(request, DEFAULT_PAGE_SIZE),
      name: text('name'),
      type: 'uma',
      owner: subjectId,
      resourceIds: resource === undefined ? undefined : [resource],
      scopeIds: scope === undefined ? undefined : [scopes.byName.get(scope)?.id ?? scope],
    });
    return Promise.all(policies.map((policy) => shown(call, policy)));
  });

  declare('GET /uma-policy/:id', async (call) => shown(call, (await ownPolicy(call)).policy));

  declare('PUT /uma-policy/:id', async (call) => {
    const { policy, resource } = await ownPolicy(call);
    const body = bodyOf<Json>(call, shape) ?? {};
    await change(call, (open) => updateUmaPolicy(open, resource, policy, body));
    call.reply.code(201);
  });

  declare('DELETE /uma-policy/:id', async (call) => {
    const { policy } = await ownPolicy(call);
    await change(call, (open) => removePolicies(open, [policy]));
  });
}

/** A resource that the caller may share. @throws ReplyError 400, 403. */
async function ownResource({ context, server, subjectId }: ProtectionCall, id: string): Promise<ProtectedResource> {
  const [resource] = await context.storage.stores.authorization.resources.byIds(server.id, [id]);
  if (resource === undefined) throw refused(400, 'invalid_request', `Resource [${id}] cannot be found`);
  if (resource.owner !== subjectId) {
    throw refused(400, 'invalid_request', `Only resource owner can access policies for resource [${id}]`);
  }
  if (!resource.ownerManagedAccess) throw refused(400, 'invalid_request', 'Only resources with owner managed accessed can have policies');
  if (!server.allowRemoteResourceManagement) {
    throw refused(403, 'request_not_supported', `Remote Resource Management not enabled on resource server [${server.id}]`);
  }
  return resource;
}

/** A policy of the path, of a resource that the caller may share. @throws ReplyError 400, 403, 404. */
async function ownPolicy(call: ProtectionCall): Promise<{ readonly policy: AuthorizationPolicy; readonly resource: ProtectedResource }> {
  const id = parameter(call, 'id');
  const [policy] = await call.context.storage.stores.authorization.policies.byIds(call.server.id, [id]);
  if (policy?.type !== 'uma') throw refused(404, 'invalid_request', `Policy with [${id}] does not exist`);
  return { policy, resource: await ownResource(call, policy.resourceIds[0] ?? '') };
}

async function shown({ context, realm, server }: ProtectionCall, policy: AuthorizationPolicy): Promise<Json> {
  const { authorization } = context;
  const scopes = await authorization.directory.scopes(server);
  const rules = await context.storage.stores.authorization.policies.byIds(server.id, policy.policyIds);
  const facts = await authorization.factsFor(realm, rules);
  const { id, name, description, type, logic, decisionStrategy, owner } = policy;
  return {
    id,
    name,
    ...given({ description }),
    type,
    scopes: policy.scopeIds.flatMap((one) => scopes.byId.get(one)?.name ?? []).toSorted(),
    logic,
    decisionStrategy,
    ...given({ owner }),
    ...umaPolicyFields(rules, (rule) => policyType(rule.type)?.exported?.(rule.config, facts) ?? {}),
  };
}
