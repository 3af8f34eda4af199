import { createPolicy, removePolicy, updatePolicy } from '../../authorization/changes/policies.ts';
import { listedPolicyTypes, policyType } from '../../authorization/policies/index.ts';
import { absent } from '../../authorization/refusal.ts';
import { given, policyToRepresentation, policyToTyped } from '../../authorization/representation/shapes.ts';
import type { AuthorizationPolicy, ResourceServer } from '../../model/index.ts';
import type { Representation } from '../../realm/fields.ts';
import { type AdminCall, type AdminHandler, bodyOf, parameter } from '../admin-route.ts';
import { queryText } from '../query.ts';
import { policyShape, typedPolicyShape } from './bodies.ts';
import { evaluateRequest } from './evaluation.ts';
import { searchPolicies } from './policy-search.ts';
import { reference } from './scopes.ts';
import { base, changeServer, scopesOf, serverOf, silentlyBad } from './server-of.ts';

type Declare = (endpoint: string, handler: AdminHandler) => void;

/** Policies below /policy, and permissions below /permission: the same endpoints over the same objects. */
export function declarePolicies(declare: Declare): void {
  declareBranch(declare, 'policy');
  declareBranch(declare, 'permission');
}

/** `:kind` is a type, or where no type is called so the id of a policy. */
function declareBranch(declare: Declare, branch: 'policy' | 'permission'): void {
  const root = `${base}/${branch}`;
  const general = branch === 'policy';
  const shown = async (call: AdminCall, policies: readonly AuthorizationPolicy[], typed = !general): Promise<Representation[]> => {
    const facts = await call.context.authorization.factsFor(call.realm, policies);
    const fields = queryText(call.request, 'fields');
    return policies.map((policy) =>
      typed ? permission(policyToTyped(policy, facts), policy) : policyToRepresentation(policy, facts, fields),
    );
  };
  const only = general ? undefined : true;

  declare(`GET ${root}`, async (call) => shown(call, await searchPolicies(call, (await serverOf(call)).server, { permission: only })));
  declare(`POST ${root}`, async (call) => {
    const body = bodyOf<Representation>(call.request, policyShape);
    const type = typeof body['type'] === 'string' ? body['type'] : '';
    return created(call, body, await changeServer(call, (change) => createPolicy(change, type, { ...body, config: body['config'] ?? {} })));
  });
  declare(`GET ${root}/providers`, async (call) => {
    await serverOf(call);
    return listedPolicyTypes.map(({ type, name, group }) => ({ type, name, group }));
  });
  declare(`POST ${root}/evaluate`, evaluateRequest);
  declare(`GET ${root}/search`, async (call) => (await shown(call, await named(call)))[0]);

  declare(`GET ${root}/:kind`, async (call) => {
    const kind = parameter(call.request, 'kind');
    const { server } = await serverOf(call);
    if (policyType(kind) !== undefined) return shown(call, await searchPolicies(call, server, { permission: only, type: kind }), true);
    return (await shown(call, [await policyOf(call, server, kind)]))[0];
  });
  declare(`POST ${root}/:kind`, async (call) => {
    await serverOf(call);
    const kind = parameter(call.request, 'kind');
    if (policyType(kind) === undefined) throw absent();
    const body = bodyOf<Representation>(call.request, typedPolicyShape(kind));
    return createdTyped(call, body, await changeServer(call, (change) => createPolicy(change, kind, body)));
  });
  declare(`PUT ${root}/:kind`, (call) => update(call, parameter(call.request, 'kind'), policyShape));
  declare(`DELETE ${root}/:kind`, async (call) => {
    await changeServer(call, (change) => removePolicy(change, parameter(call.request, 'kind')));
  });
  declareLinks(declare, `${root}/:kind`, 'kind');

  declare(`GET ${root}/:kind/search`, async (call) => (await shown(call, await named(call), true))[0]);
  declare(`GET ${root}/:kind/:policyId`, async (call) => {
    const { server } = await serverOf(call);
    return (await shown(call, [await policyOf(call, server, parameter(call.request, 'policyId'))], true))[0];
  });
  declare(`PUT ${root}/:kind/:policyId`, (call) =>
    update(call, parameter(call.request, 'policyId'), typedPolicyShape(parameter(call.request, 'kind'))),
  );
  declare(`DELETE ${root}/:kind/:policyId`, async (call) => {
    await changeServer(call, (change) => removePolicy(change, parameter(call.request, 'policyId')));
  });
  declareLinks(declare, `${root}/:kind/:policyId`, 'policyId');
}

/** What a policy hangs together with. */
function declareLinks(declare: Declare, path: string, name: 'kind' | 'policyId'): void {
  const linked = (link: string, answer: (call: AdminCall, server: ResourceServer, policy: AuthorizationPolicy) => Promise<unknown>): void =>
    declare(`GET ${path}/${link}`, async (call) => {
      const { server } = await serverOf(call);
      return answer(call, server, await policyOf(call, server, parameter(call.request, name)));
    });
  linked('dependentPolicies', async ({ context }, server, policy) =>
    (await context.storage.stores.authorization.policies.dependents(server.id, policy.id)).map(reference),
  );
  linked('associatedPolicies', async ({ context }, server, policy) =>
    (await context.storage.stores.authorization.policies.byIds(server.id, policy.policyIds)).map((one) => ({
      ...reference(one),
      ...given({ description: one.description }),
      logic: one.logic,
      decisionStrategy: one.decisionStrategy,
    })),
  );
  linked('scopes', async (call, server, policy) => {
    const scopes = await scopesOf(call, server);
    return policy.scopeIds.flatMap((id) => scopes.byId.get(id) ?? []).map(({ id, name: scope }) => ({ id, name: scope }));
  });
  linked('resources', async ({ context }, server, policy) =>
    (await context.storage.stores.authorization.resources.byIds(server.id, policy.resourceIds)).map((resource) => ({
      name: resource.name,
      ...given({ displayName: resource.displayName }),
      _id: resource.id,
    })),
  );
}

async function update(call: AdminCall, id: string, shape: Parameters<typeof bodyOf>[1]): Promise<undefined> {
  const { server } = await serverOf(call);
  await policyOf(call, server, id);
  const body = bodyOf<Representation>(call.request, shape);
  await changeServer(call, (change) => updatePolicy(change, id, body));
  call.reply.code(201);
  return undefined;
}

/** The body with what became of it: ids in the place of names. */
async function createdTyped(call: AdminCall, body: Representation, policy: AuthorizationPolicy): Promise<Representation> {
  call.reply.code(201);
  const facts = await call.context.authorization.factsFor(call.realm, [policy]);
  const typed = policyToTyped(policy, facts);
  const empty = Object.entries(typed).filter(([name, value]) => Array.isArray(value) && value.length === 0 && body[name] === undefined);
  const without = Object.fromEntries(Object.entries(typed).filter(([name]) => !empty.some(([gone]) => gone === name)));
  const echoed = ['users', 'clients'].flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]] as const]));
  return { ...without, ...Object.fromEntries(echoed), ...links(body, policy) };
}

function created(call: AdminCall, body: Representation, policy: AuthorizationPolicy): Representation {
  call.reply.code(201);
  const { id, name, type, logic, decisionStrategy, description } = policy;
  return { id, name, ...given({ description }), type, ...links(body, policy), logic, decisionStrategy, config: body['config'] ?? {} };
}

function links(body: Representation, policy: AuthorizationPolicy): Representation {
  return {
    ...(Array.isArray(body['policies']) ? { policies: policy.policyIds } : {}),
    ...(Array.isArray(body['resources']) ? { resources: policy.resourceIds } : {}),
    ...(Array.isArray(body['scopes']) ? { scopes: policy.scopeIds } : {}),
  };
}

/** What users share shows its scopes in lists of permissions. */
function permission(shown: Representation, policy: AuthorizationPolicy): Representation {
  return policy.type === 'uma' ? { ...shown, scopes: policy.scopeIds } : shown;
}

async function named(call: AdminCall): Promise<readonly AuthorizationPolicy[]> {
  const { server } = await serverOf(call);
  const name = queryText(call.request, 'name');
  if (name === undefined) throw silentlyBad();
  const policy = await call.context.storage.stores.authorization.policies.byName(server.id, name);
  return policy === undefined ? [] : [policy];
}

async function policyOf(call: AdminCall, server: ResourceServer, id: string): Promise<AuthorizationPolicy> {
  const [policy] = await call.context.storage.stores.authorization.policies.byIds(server.id, [id]);
  if (policy === undefined) throw absent();
  return policy;
}
