import { randomUUID } from 'node:crypto';
import type { IdentityProvider, IdentityProviderMapper, Realm } from '../model/index.ts';
import type { Fields, Representation } from './fields.ts';

/** What stands for a secret that is set in answers; sent back it leaves the secret as it is. */
export const MASKED_SECRET = '**********';
const MAX_ALIAS_CHARACTERS = 255;
const MAX_PROVIDERS = 200;

export function identityProviderOf(realm: Realm, alias: string): IdentityProvider | undefined {
  return realm.identityProviders?.find((provider) => provider.alias === alias);
}

export function identityProviderFromRepresentation(fields: Fields, base?: IdentityProvider): IdentityProvider {
  const alias = fields.text('alias') ?? base?.alias ?? fields.requiredText('alias');
  if (alias.length > MAX_ALIAS_CHARACTERS || !/^[A-Za-z0-9._~-]+$/.test(alias))
    fields.refuse('alias', 'is no alias: it becomes part of addresses and may hold letters, digits and . _ ~ - only');
  const config = { ...fields.textMap('config') };
  if (config['clientSecret'] === MASKED_SECRET && base?.config['clientSecret'] !== undefined)
    config['clientSecret'] = base.config['clientSecret'];
  const flag = (
    name: 'enabled' | 'trustEmail' | 'storeToken' | 'addReadTokenRoleOnCreate' | 'authenticateByDefault' | 'linkOnly' | 'hideOnLogin',
  ): boolean => fields.flag(name) ?? base?.[name] ?? name === 'enabled';
  const text = (name: 'displayName' | 'firstBrokerLoginFlowAlias' | 'postBrokerLoginFlowAlias') => fields.text(name) ?? base?.[name];
  return {
    internalId: base?.internalId ?? fields.text('internalId') ?? randomUUID(),
    alias,
    displayName: text('displayName'),
    providerId: fields.text('providerId') ?? base?.providerId ?? fields.requiredText('providerId'),
    enabled: flag('enabled'),
    trustEmail: flag('trustEmail'),
    storeToken: flag('storeToken'),
    addReadTokenRoleOnCreate: flag('addReadTokenRoleOnCreate'),
    authenticateByDefault: flag('authenticateByDefault'),
    linkOnly: flag('linkOnly'),
    hideOnLogin: flag('hideOnLogin'),
    firstBrokerLoginFlowAlias: text('firstBrokerLoginFlowAlias'),
    postBrokerLoginFlowAlias: text('postBrokerLoginFlowAlias'),
    config: fields.has('config') ? config : (base?.config ?? {}),
    mappers: base?.mappers ?? [],
  };
}

export function mapperFromRepresentation(fields: Fields, base?: IdentityProviderMapper): IdentityProviderMapper {
  return {
    id: base?.id ?? fields.text('id') ?? randomUUID(),
    name: fields.text('name') ?? base?.name ?? fields.requiredText('name'),
    identityProviderMapper:
      fields.text('identityProviderMapper') ?? base?.identityProviderMapper ?? fields.requiredText('identityProviderMapper'),
    config: fields.textMap('config') ?? base?.config ?? {},
  };
}

/** A provider as Admin REST shows it, the secret masked; exports ask for it as it is. */
export function identityProviderToRepresentation(provider: IdentityProvider, withSecret = false): Representation {
  const { mappers: _, config, ...shown } = provider;
  const secret = config['clientSecret'] === undefined || withSecret ? {} : { clientSecret: MASKED_SECRET };
  return { ...shown, updateProfileFirstLoginMode: 'on', config: { ...config, ...secret } };
}

export function mapperToRepresentation(alias: string, mapper: IdentityProviderMapper): Representation {
  return {
    id: mapper.id,
    name: mapper.name,
    identityProviderAlias: alias,
    identityProviderMapper: mapper.identityProviderMapper,
    config: mapper.config,
  };
}

/** The providers of a realm file, each with the mappers that name it; undefined where the file speaks of none. */
export function providersFromRepresentation(fields: Fields): readonly IdentityProvider[] | undefined {
  const given = fields.objects('identityProviders', 'alias');
  if (given === undefined || given.length === 0) return undefined;
  if (given.length > MAX_PROVIDERS) fields.refuse('identityProviders', `has more than ${MAX_PROVIDERS} providers`);
  const mappers = fields.objects('identityProviderMappers', 'name') ?? [];
  return given.map((one) => {
    const provider = identityProviderFromRepresentation(one);
    const own = mappers.filter((mapper) => mapper.text('identityProviderAlias') === provider.alias);
    return { ...provider, mappers: own.map((mapper) => mapperFromRepresentation(mapper)) };
  });
}

/** The providers as realm files hold them. */
export function providersToRepresentation({ identityProviders = [] }: Realm): Representation {
  return {
    identityProviders: identityProviders.map((provider) => identityProviderToRepresentation(provider, true)),
    identityProviderMappers: identityProviders.flatMap(({ alias, mappers }) =>
      mappers.map((mapper) => mapperToRepresentation(alias, mapper)),
    ),
  };
}
