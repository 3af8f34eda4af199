import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { realmKeysTag, realmTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { ServerError } from '../http/errors.ts';
import type { Realm, RealmKey } from '../model/index.ts';
import { configuredKey, shownKeyConfig } from '../realm/configured-key.ts';
import { registrationPolicyType } from '../realm/default-registration-policies.ts';
import { keyProviderType } from '../realm/key-components.ts';
import type { ComponentConfig } from '../realm/key-config.ts';
import { type KeyProvider, keyComponentTypes, keyProviders } from '../realm/key-providers.ts';
import { policyChoices, policyTypes } from '../registration-policies/policy-types.ts';
import type { Stores } from '../store/stores.ts';
import { type AdminCall, adminRoutes, bodyOf, created, parameter, write } from './admin-route.ts';
import { badRequest, invalidValue, notFound } from './answers.ts';
import { type Component, otherComponents, withoutComponent } from './other-components.ts';
import { queryText } from './query.ts';
import { addPolicy, changePolicy, isPolicy, type PolicyBody } from './registration-policy-components.ts';
import { componentShape } from './representation-shapes.ts';

/** Every key of a realm is in memory on every node, and in its keys document. */
const MAX_KEYS = 200;
const MAX_ID_CHARACTERS = 36;
const MAX_NAME_CHARACTERS = 255;

interface ComponentBody {
  readonly id?: string | null;
  readonly name?: string | null;
  readonly providerId?: string | null;
  readonly providerType?: string | null;
  readonly subType?: string | null;
  readonly config?: Readonly<Record<string, readonly string[] | null>> | null;
}

/**
 * `/components`: the keys of a realm and its policies of client registration are added, changed and removed here. Components of other kinds
 * that an import brought are shown, and can be removed.
 */
export function registerComponents(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  declare('GET /components', listComponents);
  declare('POST /components', addComponent);
  declare('GET /components/:componentId', componentOf);
  declare('PUT /components/:componentId', changeComponent);
  declare('DELETE /components/:componentId', removeComponent);
  declare('GET /components/:componentId/sub-component-types', async (call) => {
    if (!(await allComponents(call)).some((one) => one.id === idOf(call))) throw notFound('Could not find parent component');
    const type = queryText(call.request, 'type');
    if (type === undefined) throw badRequest('must specify a subtype');
    if (type === registrationPolicyType) return policyTypes(policyChoices(await context.state.directory.clientScopes(call.realm)));
    // No other kind of component has providers here.
    return type === keyProviderType ? keyComponentTypes() : [];
  });
}

const idOf = ({ request }: AdminCall): string => parameter(request, 'componentId');
const absent = () => notFound('Could not find component');

async function allComponents({ context, realm }: AdminCall): Promise<readonly Component[]> {
  const keys = await context.state.directory.keys(realm);
  return [...keys.map((key) => keyToComponent(key, realm)), ...otherComponents(realm)];
}

function keyToComponent(key: RealmKey, realm: Realm): Component {
  return {
    id: key.componentId,
    name: key.name,
    providerId: key.provider,
    providerType: keyProviderType,
    parentId: realm.id,
    config: shownKeyConfig(key),
  };
}

async function listComponents(call: AdminCall): Promise<readonly Component[]> {
  const { request, realm } = call;
  const [type, name] = [queryText(request, 'type'), queryText(request, 'name')];
  // A type alone asks for what hangs on the realm itself.
  const parent = queryText(request, 'parent') ?? (type === undefined ? undefined : realm.id);
  return (await allComponents(call)).filter(
    (one) =>
      (parent === undefined || one.parentId === parent) &&
      (type === undefined || one.providerType === type) &&
      (name === undefined || one.name === name),
  );
}

async function componentOf(call: AdminCall): Promise<Component> {
  const found = (await allComponents(call)).find((one) => one.id === idOf(call));
  if (!found) throw absent();
  return found;
}

async function addComponent(call: AdminCall): Promise<undefined> {
  const body = bodyOf<ComponentBody | null>(call.request, componentShape) ?? {};
  if (body.providerType !== registrationPolicyType) return await addKey(call, body);
  checkNames(body);
  return created(call, `/components/${encodeURIComponent(await addPolicy(call, policyBody(body)))}`);
}

async function changeComponent(call: AdminCall): Promise<undefined> {
  const body = bodyOf<ComponentBody | null>(call.request, componentShape) ?? {};
  if (!isPolicy(call.realm, idOf(call))) return await changeKey(call, body);
  checkNames(body);
  await changePolicy(call, idOf(call), policyBody(body));
}

/** null counts as absent. */
function policyBody({ id, name, providerId, subType, config }: ComponentBody): PolicyBody {
  const entries = Object.entries(config ?? {}).map(([key, values]): [string, readonly string[]] => [key, values ?? []]);
  return {
    id: id ?? undefined,
    name: name ?? undefined,
    providerId: providerId ?? undefined,
    subType: subType ?? undefined,
    config: Object.fromEntries(entries),
  };
}

function checkNames({ id, name, subType }: ComponentBody): void {
  if (id != null && (id === '' || id.length > MAX_ID_CHARACTERS)) throw invalidValue('The id is empty or too long');
  if ([name, subType].some((text) => (text?.length ?? 0) > MAX_NAME_CHARACTERS)) throw invalidValue('The name is too long');
}

async function addKey(call: AdminCall, body: ComponentBody): Promise<undefined> {
  const { context, realm } = call;
  const provider = providerOf(body.providerType, body.providerId);
  checkNames(body);
  const key = await configuredKey(provider, { ...requestOf(body, realm), id: body.id ?? undefined });
  await write(context, async (stores, touch) => {
    if ((await stores.keys.ofRealm(realm.id)).length >= MAX_KEYS) throw invalidValue(`More than ${MAX_KEYS} keys`);
    await stores.keys.insert(realm.id, key);
    touch(realmKeysTag(realm.id));
  });
  return created(call, `/components/${encodeURIComponent(key.componentId)}`);
}

async function changeKey(call: AdminCall, body: ComponentBody): Promise<undefined> {
  const { context, realm } = call;
  const before = await storedKey(context.storage.stores, realm, idOf(call));
  if (!before) {
    await componentOf(call);
    throw badRequest('Invalid provider type or no such provider');
  }
  const provider = providerOf(body.providerType ?? keyProviderType, body.providerId ?? before.provider);
  // Key material is made outside of the transaction, so what it was made for must still be there.
  const key = await configuredKey(provider, requestOf(body, realm), before);
  await write(context, async (stores, touch) => {
    if (!isDeepStrictEqual(await storedKey(stores, realm, key.componentId), before)) throw changedMeanwhile(key);
    await stores.keys.update(realm.id, key);
    touch(realmKeysTag(realm.id));
  });
}

const changedMeanwhile = (key: RealmKey): ServerError => new ServerError('KG_STORE_CONFLICT', `key ${key.name} was changed meanwhile`);

async function removeComponent(call: AdminCall): Promise<undefined> {
  const { context, realm } = call;
  const id = idOf(call);
  const removed = await write(context, async (stores, touch) => {
    if (!(await stores.keys.remove(realm.id, id))) return false;
    touch(realmKeysTag(realm.id));
    return true;
  });
  if (removed) return;
  await write(context, async ({ realms }, touch) => {
    const current = await realms.byId(realm.id);
    if (!current || !otherComponents(current).some((one) => one.id === id)) throw absent();
    await realms.update({ ...current, other: { ...current.other, components: withoutComponent(current.other['components'], id) } });
    touch(...realmTags(current));
  });
}

async function storedKey({ keys }: Stores, realm: Realm, id: string): Promise<RealmKey | undefined> {
  return (await keys.ofRealm(realm.id)).find((key) => key.componentId === id);
}

function providerOf(type: string | null | undefined, id: string | null | undefined): KeyProvider {
  const provider = type === keyProviderType ? keyProviders.get(id ?? '') : undefined;
  if (!provider) throw badRequest('Invalid provider type or no such provider');
  return provider;
}

function requestOf({ name, config }: ComponentBody, realm: Realm): { name?: string; config: ComponentConfig; realmName: string } {
  if (name != null && name.length > MAX_NAME_CHARACTERS) throw invalidValue('The name is too long');
  return {
    ...(name == null ? {} : { name }),
    config: Object.fromEntries(Object.entries(config ?? {}).map(([key, values]) => [key, values ?? []])),
    realmName: realm.realm,
  };
}
