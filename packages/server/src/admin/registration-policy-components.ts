import { randomUUID } from 'node:crypto';
import { realmTags } from '../cache/invalidation-keys.ts';
import type { Realm } from '../model/index.ts';
import { registrationPolicyType } from '../realm/default-registration-policies.ts';
import type { Representation } from '../realm/fields.ts';
import { configOf } from '../registration-policies/policies.ts';
import type { PolicyChoices, PolicyConfig, PolicyProvider } from '../registration-policies/policy.ts';
import { policyChoices } from '../registration-policies/policy-types.ts';
import { policyProviders } from '../registration-policies/providers.ts';
import { type AdminCall, write } from './admin-route.ts';
import { badRequest, duplicate, invalidValue, notFound } from './answers.ts';

/** Every policy of a realm is read with the realm, and asked at every registration. */
const MAX_POLICIES = 100;
const MAX_VALUES = 200;
const MAX_VALUE_CHARACTERS = 4_000;

/** What a body says of a policy. */
export interface PolicyBody {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly providerId?: string | undefined;
  readonly subType?: string | undefined;
  readonly config: PolicyConfig;
}

/** Adds a policy of client registration to the realm; gives its id. @throws ReplyError 400, 409. */
export async function addPolicy(call: AdminCall, body: PolicyBody): Promise<string> {
  const id = body.id ?? randomUUID();
  const choices = await choicesOf(call);
  await changePolicies(call, (policies) => {
    if (policies.length >= MAX_POLICIES) throw invalidValue(`More than ${MAX_POLICIES} policies`);
    if (policies.some((policy) => policy['id'] === id)) throw duplicate();
    return [...policies, policyOf(choices, id, body, undefined)];
  });
  return id;
}

/** Changes a policy; settings that the body does not name stay, an empty list takes one away. @throws ReplyError 400, 404. */
export async function changePolicy(call: AdminCall, id: string, body: PolicyBody): Promise<void> {
  const choices = await choicesOf(call);
  await changePolicies(call, (policies) => {
    const before = policies.find((policy) => policy['id'] === id);
    if (before === undefined) throw notFound('Could not find component');
    const changed = policyOf(choices, id, body, before);
    return policies.map((policy) => (policy === before ? changed : policy));
  });
}

/** Whether the component of that id is such a policy. */
export function isPolicy(realm: Realm, id: string): boolean {
  return policiesOf(realm).some((policy) => policy['id'] === id);
}

async function choicesOf({ context, realm }: AdminCall): Promise<PolicyChoices> {
  return policyChoices(await context.state.directory.clientScopes(realm));
}

function policiesOf(realm: Realm): readonly Representation[] {
  const components = realm.other['components'] as Representation | undefined;
  const list = components?.[registrationPolicyType];
  return Array.isArray(list) ? list.filter((one): one is Representation => typeof one === 'object' && one !== null) : [];
}

async function changePolicies(
  { context, realm }: AdminCall,
  change: (policies: readonly Representation[]) => readonly Representation[],
): Promise<void> {
  await write(context, async ({ realms }, touch) => {
    const current = await realms.byId(realm.id);
    if (!current) throw notFound('Realm not found.');
    const components = { ...(current.other['components'] as Representation | undefined) };
    const changed = change(policiesOf(current));
    await realms.update({ ...current, other: { ...current.other, components: { ...components, [registrationPolicyType]: changed } } });
    touch(...realmTags(current));
  });
}

function policyOf(choices: PolicyChoices, id: string, body: PolicyBody, before: Representation | undefined): Representation {
  const providerId = body.providerId ?? String(before?.['providerId'] ?? '');
  const provider = policyProviders.get(providerId);
  if (provider === undefined) throw badRequest('Invalid provider type or no such provider');
  const config = settingsOf(provider, choices, configOf(before?.['config']), body.config);
  const flaw = provider.flaw?.(config, choices);
  if (flaw !== undefined) throw invalidValue(flaw);
  const name = body.name ?? before?.['name'];
  const subType = body.subType ?? before?.['subType'];
  return {
    id,
    ...(name === undefined ? {} : { name }),
    providerId,
    ...(subType === undefined ? {} : { subType }),
    subComponents: {},
    config,
  };
}

/** The settings that the kind of policy has. */
function settingsOf(provider: PolicyProvider, choices: PolicyChoices, before: PolicyConfig, given: PolicyConfig): PolicyConfig {
  const names = (provider.properties?.(choices) ?? []).map((property) => property.name);
  const entries = names.map((name): [string, readonly string[]] => [name, given[name] ?? before[name] ?? []]);
  const tooMuch = entries.find(([, values]) => values.length > MAX_VALUES || values.some((one) => one.length > MAX_VALUE_CHARACTERS));
  if (tooMuch) throw invalidValue(`${tooMuch[0]} is too long`);
  return Object.fromEntries(entries.filter(([, values]) => values.length > 0));
}
