import { randomUUID } from 'node:crypto';
import { policyTags } from '../../cache/authorization-keys.ts';
import { ReplyError } from '../../http/errors.ts';
import { decisionStrategies, policyLogics } from '../../model/authorization.ts';
import type { AuthorizationPolicy } from '../../model/index.ts';
import { configTexts, distinct, textsOf } from '../policies/config-lists.ts';
import { policyType } from '../policies/index.ts';
import type { Json, PolicyConfig } from '../policies/policy-type.ts';
import { absent, duplicate, refused } from '../refusal.ts';
import type { Change } from './change.ts';
import { oneOf, optionalText } from './fields.ts';

/** What a permission or policy is joined with, by names or ids; absent: as it was. */
interface Links {
  readonly policies?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
}

/** Makes a policy or permission of a type, from the representation of that type. @throws ReplyError 400, 409. */
export async function createPolicy(change: Change, type: string, body: Json, owner?: string): Promise<AuthorizationPolicy> {
  const { stores, server, touch } = change;
  const name = optionalText(body, 'name');
  if (name === undefined) throw duplicate();
  if ((await stores.policies.byName(server.id, name)) !== undefined) {
    throw refused(409, `Policy with name [${name}] already exists`, 'Conflicting policy');
  }
  const fresh = { id: optionalText(body, 'id') ?? randomUUID(), serverId: server.id, policyIds: [], resourceIds: [], scopeIds: [] };
  const policy = await written(change, { ...fresh, ...(owner === undefined ? {} : { owner }) }, type, body);
  await stores.policies.insert(policy);
  touch(...policyTags(policy));
  return policy;
}

/** Replaces what a policy says; what it is joined with stays where the body does not speak of it. @throws ReplyError 400, 404, 409. */
export async function updatePolicy(change: Change, id: string, body: Json): Promise<AuthorizationPolicy> {
  const { stores, server, touch } = change;
  const [before] = await stores.policies.byIds(server.id, [id]);
  if (before === undefined) throw absent();
  const policy = await written(change, before, before.type, { name: before.name, ...body });
  await stores.policies.update(policy);
  touch(...policyTags(before), ...policyTags(policy));
  return policy;
}

/** Removes policies, with the permissions and aggregated policies that asked nobody else. */
export async function removePolicies(change: Change, policies: readonly AuthorizationPolicy[]): Promise<void> {
  const { stores, server, touch } = change;
  const gone = new Set<string>();
  const queue = [...policies];
  for (let policy = queue.pop(); policy !== undefined; policy = queue.pop()) {
    if (gone.has(policy.id)) continue;
    gone.add(policy.id);
    touch(...policyTags(policy));
    for (const dependent of await stores.policies.dependents(server.id, policy.id)) {
      touch(...policyTags(dependent));
      if (dependent.policyIds.every((id) => gone.has(id))) queue.push(dependent);
    }
    // What an owner shares has policies of its own that nobody sees.
    if (policy.type === 'uma')
      queue.push(...(await stores.policies.byIds(server.id, policy.policyIds)).filter(({ owner }) => owner !== undefined));
    await stores.policies.remove(server.id, policy.id);
  }
}

/** @throws ReplyError 404. */
export async function removePolicy(change: Change, id: string): Promise<void> {
  const policies = await change.stores.policies.byIds(change.server.id, [id]);
  if (policies.length === 0) throw absent();
  await removePolicies(change, policies);
}

type Base = Pick<AuthorizationPolicy, 'id' | 'serverId' | 'owner' | 'policyIds' | 'resourceIds' | 'scopeIds'>;

async function written(change: Change, base: Base, type: string, body: Json): Promise<AuthorizationPolicy> {
  const kind = policyType(type);
  if (kind === undefined) throw refused(400, 'invalid_request', `Policy type [${type}] does not exist`);
  const name = optionalText(body, 'name');
  if (name === undefined) throw duplicate();
  const given = configOf(body);
  const links = given === undefined ? linksOf(body) : { ...linksInConfig(given), ...linksOf(body) };
  const config =
    given === undefined ? await kind.read(body, change.names) : await (kind.imported ?? asIs)(withoutLinks(given), change.names);
  const description = optionalText(body, 'description');
  return {
    id: base.id,
    serverId: base.serverId,
    ...(base.owner === undefined ? {} : { owner: base.owner }),
    name,
    ...(description === undefined ? {} : { description }),
    type,
    logic: oneOf(body, 'logic', policyLogics),
    decisionStrategy: oneOf(body, 'decisionStrategy', decisionStrategies),
    config,
    policyIds: links.policies === undefined ? base.policyIds : await policyIds(change, links.policies, base.id),
    resourceIds: links.resources === undefined ? base.resourceIds : await resourceIds(change, links.resources),
    scopeIds: links.scopes === undefined ? base.scopeIds : await scopeIds(change, links.scopes),
  };
}

const asIs = async (config: PolicyConfig): Promise<PolicyConfig> => config;

/** The general form carries a config; the form of one type carries fields of its own. */
function configOf(body: Json): PolicyConfig | undefined {
  const { config } = body;
  if (typeof config !== 'object' || config === null) return undefined;
  return Object.fromEntries(Object.entries(config).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
}

function linksOf(body: Json): Links {
  const list = (name: string) => (body[name] === undefined || body[name] === null ? undefined : textsOf(body[name]));
  const found = { policies: list('policies'), resources: list('resources'), scopes: list('scopes') };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

const linkNames = { policies: 'applyPolicies', resources: 'resources', scopes: 'scopes' } as const;

function linksInConfig(config: PolicyConfig): Links {
  return Object.fromEntries(
    Object.entries(linkNames).flatMap(([link, name]) => (config[name] === undefined ? [] : [[link, configTexts(config, name)]])),
  );
}

function withoutLinks(config: PolicyConfig): PolicyConfig {
  const links: readonly string[] = Object.values(linkNames);
  return Object.fromEntries(Object.entries(config).filter(([name]) => !links.includes(name)));
}

async function policyIds({ stores, server }: Change, names: readonly string[], own: string): Promise<readonly string[]> {
  const byId = new Map((await stores.policies.byIds(server.id, names)).map((policy) => [policy.id, policy]));
  const found: string[] = [];
  for (const name of names) {
    const policy = byId.get(name) ?? (await stores.policies.byName(server.id, name));
    if (policy === undefined || policy.id === own) throw refused(400, 'invalid_request', `Policy with id or name [${name}] does not exist`);
    found.push(policy.id);
  }
  return distinct(found);
}

async function resourceIds({ stores, server }: Change, names: readonly string[]): Promise<readonly string[]> {
  const known = new Set((await stores.resources.byIds(server.id, names)).map(({ id }) => id));
  const found: string[] = [];
  for (const name of names) {
    if (name === '') continue;
    const id = known.has(name) ? name : (await stores.resources.byName(server.id, server.id, name))?.id;
    if (id === undefined)
      throw refused(400, 'invalid_request', `Resource with id or name [${name}] does not exist or is not owned by the resource server`);
    found.push(id);
  }
  return distinct(found);
}

async function scopeIds({ stores, server }: Change, names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of names) {
    const scope = (await stores.scopes.byId(server.id, name)) ?? (await stores.scopes.byName(server.id, name));
    if (scope === undefined)
      throw new ReplyError(400, { error: 'unknown_error', error_description: `Scope with id or name [${name}] does not exist` });
    found.push(scope.id);
  }
  return distinct(found);
}
