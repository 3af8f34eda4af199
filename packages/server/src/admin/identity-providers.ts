import type { FastifyInstance } from 'fastify';
import { realmTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { IdentityProvider, IdentityProviderMapper } from '../model/index.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import {
  identityProviderFromRepresentation,
  identityProviderOf,
  identityProviderToRepresentation,
  mapperFromRepresentation,
  mapperToRepresentation,
} from '../realm/identity-provider-representation.ts';
import type { Stores } from '../store/stores.ts';
import { type AdminCall, adminRoutes, bodyOf, created, parameter, write } from './admin-route.ts';
import { badRequest, invalidValue, notFound, taken } from './answers.ts';
import { checkedProvider } from './identity-provider-rules.ts';
import { identityProviderMapperTypes, identityProviderTypes, mapperTypesOf } from './identity-provider-types.ts';
import { representation } from './representation-shapes.ts';

const MAX_PROVIDERS = 200;
const MAX_MAPPERS = 200;

const providerShape = representation('IdentityProviderRepresentation', {
  texts:
    'alias displayName internalId providerId updateProfileFirstLoginMode firstBrokerLoginFlowAlias postBrokerLoginFlowAlias organizationId',
  flags: 'enabled trustEmail storeToken addReadTokenRoleOnCreate authenticateByDefault linkOnly hideOnLogin updateProfileFirstLogin',
  textMaps: 'config',
  anything: 'types',
});
const mapperShape = representation('IdentityProviderMapperRepresentation', {
  texts: 'id name identityProviderAlias identityProviderMapper',
  textMaps: 'config',
});
const importShape = representation('Map', { texts: 'fromUrl providerId alias' });

const providerIn = ({ realm, request }: AdminCall): IdentityProvider => {
  const found = identityProviderOf(realm, parameter(request, 'alias'));
  if (found === undefined) throw notFound('HTTP 404 Not Found');
  return found;
};

/** Stores what `change` makes of the providers of the realm, read anew inside the change. */
async function changeProviders(
  { context, realm }: AdminCall,
  change: (providers: readonly IdentityProvider[]) => readonly IdentityProvider[],
  also: (stores: Stores) => Promise<void> = async () => undefined,
): Promise<void> {
  await write(context, async (stores, touch) => {
    const current = await stores.realms.byId(realm.id);
    if (current === undefined) return;
    await stores.realms.update({ ...current, identityProviders: change(current.identityProviders ?? []) });
    await also(stores);
    touch(...realmTags(current));
  });
}

/** Stores what `change` makes of the mappers of one provider. */
function changeMappers(
  call: AdminCall,
  { internalId }: IdentityProvider,
  change: (mappers: readonly IdentityProviderMapper[]) => readonly IdentityProviderMapper[],
): Promise<void> {
  return changeProviders(call, (providers) =>
    providers.map((provider) => (provider.internalId === internalId ? { ...provider, mappers: change(provider.mappers) } : provider)),
  );
}

const replaced = (providers: readonly IdentityProvider[], one: IdentityProvider): readonly IdentityProvider[] =>
  providers.map((provider) => (provider.internalId === one.internalId ? one : provider));

/** Outside providers of identities, and what of their identities goes where. */
export function registerIdentityProviders(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const one = '/identity-provider/instances/:alias';

  declare('GET /identity-provider/providers/:providerId', async ({ request }) => {
    const id = parameter(request, 'providerId');
    const name = identityProviderTypes.get(id);
    if (name === undefined) throw badRequest('');
    return { name, id, configProperties: [], helpText: '', configMetadata: [] };
  });
  declare('POST /identity-provider/import-config', async ({ request }) => {
    const { fromUrl, providerId } = bodyOf<{ fromUrl?: string; providerId?: string }>(request, importShape);
    if (!fromUrl || !identityProviderTypes.has(providerId ?? '')) throw badRequest('Bad request');
    return importConfig(context, fromUrl);
  });

  declare('GET /identity-provider/instances', async ({ realm }) =>
    (realm.identityProviders ?? []).map((provider) => identityProviderToRepresentation(provider)),
  );
  declare('POST /identity-provider/instances', async (call) => {
    const body = bodyOf<Representation>(call.request, providerShape);
    const provider = checkedProvider(identityProviderFromRepresentation(new Fields({ ...body, internalId: null }, 'identityProvider')));
    await changeProviders(call, (providers) => {
      if (providers.some(({ alias }) => alias === provider.alias)) throw taken(`Identity Provider ${provider.alias} already exists`);
      if (providers.length >= MAX_PROVIDERS) throw invalidValue(`More than ${MAX_PROVIDERS} identity providers`);
      return [...providers, provider];
    });
    return created(call, `identity-provider/instances/${provider.alias}`);
  });
  declare(`GET ${one}`, async (call) => identityProviderToRepresentation(providerIn(call)));
  declare(`PUT ${one}`, async (call) => {
    const before = providerIn(call);
    const fields = new Fields(bodyOf<Representation>(call.request, providerShape), 'identityProvider');
    const after = checkedProvider(identityProviderFromRepresentation(fields, before));
    // Links name the provider by its alias: another alias would be another provider.
    if (after.alias !== before.alias) throw invalidValue('The alias of an identity provider cannot be changed');
    await changeProviders(call, (providers) => replaced(providers, after));
  });
  declare(`DELETE ${one}`, async (call) => {
    const { internalId, alias } = providerIn(call);
    await changeProviders(
      call,
      (providers) => providers.filter((provider) => provider.internalId !== internalId),
      (stores) => stores.federatedIdentities.removeProvider(call.realm.id, alias),
    );
  });

  // True where keys were there to be forgotten; they are fetched when they are next needed.
  declare(`GET ${one}/reload-keys`, async (call) => {
    const { config } = providerIn(call);
    if (config['useJwksUrl'] !== 'true' || !config['jwksUrl']) return false;
    await context.state.changes.clear('keys');
    return true;
  });

  declare(`GET ${one}/mapper-types`, async (call) => {
    return mapperTypesOf(providerIn(call).providerId);
  });
  declare(`GET ${one}/mappers`, async (call) => {
    const { alias, mappers } = providerIn(call);
    return mappers.map((mapper) => mapperToRepresentation(alias, mapper));
  });
  declare(`POST ${one}/mappers`, async (call) => {
    const provider = providerIn(call);
    const mapper = mapperFromRepresentation(new Fields({ ...bodyOf<Representation>(call.request, mapperShape), id: null }, 'mapper'));
    if (!Object.hasOwn(identityProviderMapperTypes, mapper.identityProviderMapper)) throw badRequest('Invalid identity provider mapper');
    await changeMappers(call, provider, (mappers) => {
      if (mappers.length >= MAX_MAPPERS) throw invalidValue(`More than ${MAX_MAPPERS} mappers`);
      if (mappers.some(({ name }) => name === mapper.name))
        throw invalidValue(`Failed to add mapper '${mapper.name}' to identity provider [${provider.providerId}].`);
      return [...mappers, mapper];
    });
    return created(call, `identity-provider/instances/${provider.alias}/mappers/${mapper.id}`);
  });
  const mapperIn = (call: AdminCall) => {
    const provider = providerIn(call);
    const mapper = provider.mappers.find(({ id }) => id === parameter(call.request, 'mapperId'));
    if (mapper === undefined) throw notFound('Model not found');
    return { provider, mapper };
  };
  declare(`GET ${one}/mappers/:mapperId`, async (call) => {
    const { provider, mapper } = mapperIn(call);
    return mapperToRepresentation(provider.alias, mapper);
  });
  declare(`PUT ${one}/mappers/:mapperId`, async (call) => {
    const { provider, mapper } = mapperIn(call);
    const after = mapperFromRepresentation(new Fields(bodyOf<Representation>(call.request, mapperShape), 'mapper'), mapper);
    await changeMappers(call, provider, (mappers) => mappers.map((known) => (known.id === mapper.id ? after : known)));
  });
  declare(`DELETE ${one}/mappers/:mapperId`, async (call) => {
    const { provider, mapper } = mapperIn(call);
    await changeMappers(call, provider, (mappers) => mappers.filter(({ id }) => id !== mapper.id));
  });
}

/** Settings out of a discovery document (OpenID Connect Discovery section 3). */
async function importConfig(context: ServerContext, fromUrl: string): Promise<Readonly<Record<string, string>>> {
  const answer = await context.outbound({ url: fromUrl, maxBytes: 262_144, headers: { accept: 'application/json' } });
  let document: Record<string, unknown>;
  try {
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    document = JSON.parse(answer.body.toString()) as Record<string, unknown>;
  } catch {
    throw badRequest('Could not import the configuration: there is no discovery document at that address');
  }
  const taken: [name: string, member: string][] = [
    ['userInfoUrl', 'userinfo_endpoint'],
    ['tokenIntrospectionUrl', 'introspection_endpoint'],
    ['tokenUrl', 'token_endpoint'],
    ['authorizationUrl', 'authorization_endpoint'],
    ['jwksUrl', 'jwks_uri'],
    ['logoutUrl', 'end_session_endpoint'],
    ['issuer', 'issuer'],
  ];
  const found = taken.flatMap(([name, member]) => (typeof document[member] === 'string' ? [[name, document[member]] as const] : []));
  return {
    ...Object.fromEntries(found),
    metadataDescriptorUrl: fromUrl,
    ...(document['jwks_uri'] === undefined ? {} : { validateSignature: 'true', useJwksUrl: 'true' }),
  };
}
