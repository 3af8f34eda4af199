import { randomUUID } from 'node:crypto';
import type { Client } from '../model/index.ts';
import { mapperFromRepresentation, mapperToRepresentation } from './client-scope-representation.ts';
import type { Fields, Representation } from './fields.ts';
import { randomSecret } from './random-secret.ts';

const flags = {
  enabled: true,
  publicClient: false,
  bearerOnly: false,
  consentRequired: false,
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  authorizationServicesEnabled: false,
  frontchannelLogout: false,
  surrogateAuthRequired: false,
  alwaysDisplayInConsole: false,
} as const satisfies Partial<Client>;

const texts = ['name', 'description', 'rootUrl', 'baseUrl', 'adminUrl'] as const;

const known: ReadonlySet<string> = new Set([
  ...Object.keys(flags),
  ...texts,
  'id',
  'clientId',
  'protocol',
  'clientAuthenticatorType',
  'secret',
  'fullScopeAllowed',
  'notBefore',
  'nodeReRegistrationTimeout',
  'redirectUris',
  'webOrigins',
  'protocolMappers',
  'defaultClientScopes',
  'optionalClientScopes',
  'attributes',
  'authenticationFlowBindingOverrides',
  'access',
  'directGrantsOnly',
  // Kept where resource servers are kept, not in the client.
  'authorizationSettings',
  'defaultRoles',
  // Only answers carry it.
  'registrationAccessToken',
]);

/** Client scopes of a client whose representation names none. */
export interface ScopeNames {
  readonly defaults: readonly string[];
  readonly optionals: readonly string[];
}

/**
 * A client from a ClientRepresentation; what it does not speak of gets the default of a new client, or stays as in `base`. A confidential
 * client without a secret gets a fresh one. In an update an empty text takes an optional field away.
 */
export function clientFromRepresentation(fields: Fields, realmId: string, scopes: ScopeNames, base?: Client): Client {
  const found: Partial<Record<(typeof texts)[number], string>> = {};
  for (const name of texts) {
    const value = fields.text(name) ?? base?.[name];
    if (value !== undefined && value !== '') found[name] = value;
  }
  const switches = Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [name, fields.flag(name) ?? base?.[name as keyof typeof flags] ?? value]),
  ) as Record<keyof typeof flags, boolean>;
  const confidential = !switches.publicClient && !switches.bearerOnly;
  const given = fields.text('secret');
  const secret = (given === undefined || /^\*+$/.test(given) ? base?.secret : given) ?? (confidential ? randomSecret() : undefined);
  return {
    ...found,
    ...switches,
    id: base?.id ?? fields.text('id') ?? randomUUID(),
    realmId,
    clientId: fields.text('clientId') || base?.clientId || fields.requiredText('clientId'),
    version: base?.version ?? 0,
    protocol: fields.text('protocol') ?? base?.protocol ?? 'openid-connect',
    clientAuthenticatorType: fields.text('clientAuthenticatorType') ?? base?.clientAuthenticatorType ?? 'client-secret',
    ...(secret === undefined ? {} : { secret }),
    ...(base?.registrationToken === undefined ? {} : { registrationToken: base.registrationToken }),
    fullScopeAllowed: fields.flag('fullScopeAllowed') ?? base?.fullScopeAllowed ?? !switches.consentRequired,
    notBefore: fields.integer('notBefore') ?? base?.notBefore ?? 0,
    nodeReRegistrationTimeout: fields.integer('nodeReRegistrationTimeout') ?? base?.nodeReRegistrationTimeout ?? -1,
    redirectUris: fields.texts('redirectUris') ?? base?.redirectUris ?? [],
    webOrigins: fields.texts('webOrigins') ?? base?.webOrigins ?? originsOf(fields.texts('redirectUris') ?? []),
    protocolMappers:
      fields.objects('protocolMappers', 'name')?.map((mapper) => mapperFromRepresentation(mapper)) ?? base?.protocolMappers ?? [],
    defaultClientScopes: fields.texts('defaultClientScopes') ?? base?.defaultClientScopes ?? scopes.defaults,
    optionalClientScopes: fields.texts('optionalClientScopes') ?? base?.optionalClientScopes ?? scopes.optionals,
    attributes: mergedAttributes(base?.attributes ?? { realm_client: 'false' }, fields),
    authenticationFlowBindingOverrides:
      fields.textMap('authenticationFlowBindingOverrides') ?? base?.authenticationFlowBindingOverrides ?? {},
    other: { ...base?.other, ...fields.rest(known) },
  };
}

/** Origins of the redirect addresses that are whole ones: those of a client that names none. */
function originsOf(redirectUris: readonly string[]): readonly string[] {
  const origins = redirectUris.flatMap((uri) => /^https?:\/\/[^/?#]+/.exec(uri)?.[0] ?? []);
  return [...new Set(origins)];
}

export function clientToRepresentation(client: Client): Representation {
  const {
    realmId: _,
    version: __,
    registrationToken: ___,
    other,
    secret,
    protocolMappers,
    authorizationServicesEnabled,
    ...shown
  } = client;
  return {
    ...other,
    ...shown,
    ...(authorizationServicesEnabled ? { authorizationServicesEnabled } : {}),
    ...(secret === undefined || client.publicClient || client.bearerOnly ? {} : { secret }),
    ...(protocolMappers.length === 0 ? {} : { protocolMappers: protocolMappers.map(mapperToRepresentation) }),
  };
}

/** Attributes merge; an empty text takes one away. */
function mergedAttributes(before: Client['attributes'], fields: Fields): Client['attributes'] {
  const merged = { ...before, ...fields.textMap('attributes') };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}
