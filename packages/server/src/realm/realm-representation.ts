import { randomUUID } from 'node:crypto';
import type { Realm, RealmAuthentication, RoleReference } from '../model/index.ts';
import { defaultAuthentication } from './default-flows.ts';
import type { Fields, Representation } from './fields.ts';
import { authenticationFromRepresentation } from './flow-representation.ts';
import { providersFromRepresentation } from './identity-provider-representation.ts';
import { messageKey } from './message-key.ts';
import { flowByAlias, flowFields } from './realm-authentication.ts';
import { browserSecurityHeaders, otherRealmFields, realmAttributes, realmFlags, realmNumbers } from './realm-defaults.ts';

/** Optional texts of a realm. */
const texts = ['displayName', 'displayNameHtml', 'loginTheme', 'defaultLocale'] as const;

/** Fields that are objects of their own beside the realm, or that only an answer carries. */
const apart = [
  'id',
  'realm',
  'roles',
  'groups',
  'users',
  'federatedUsers',
  'clients',
  'clientScopes',
  'components',
  'authenticationFlows',
  'authenticatorConfig',
  'requiredActions',
  'identityProviders',
  'identityProviderMappers',
  'scopeMappings',
  'clientScopeMappings',
  'defaultDefaultClientScopes',
  'defaultOptionalClientScopes',
  'defaultRole',
  'defaultRoles',
  'keycloakVersion',
  'version',
] as const;

const own = [
  'sslRequired',
  'defaultSignatureAlgorithm',
  'bruteForceStrategy',
  'passwordPolicy',
  'browserSecurityHeaders',
  'smtpServer',
  'supportedLocales',
  'attributes',
] as const;

const known: ReadonlySet<string> = new Set([...Object.keys(realmNumbers), ...Object.keys(realmFlags), ...texts, ...apart, ...own]);
const nameLimit = 255;

/** The realm's own fields of a RealmRepresentation; what it does not speak of gets Keycloak's default, or stays as in `base`. */
export function realmFromRepresentation(fields: Fields, defaultRole: RoleReference, base?: Realm): Realm {
  const name = fields.text('realm') ?? base?.realm ?? fields.requiredText('realm');
  if (name.length > nameLimit || /[\s/\\?#%&=+:;"'<>|]/.test(name)) {
    fields.refuse(
      'realm',
      `is no realm name: at most ${nameLimit} characters, none of them a space or one of / \\ ? # % & = + : ; " ' < > |`,
    );
  }
  const numbers = mapped(realmNumbers, (field, value) => notNegative(fields, field) ?? base?.[field] ?? value);
  const flags = mapped(realmFlags, (field, value) => fields.flag(field) ?? base?.[field] ?? value);
  const id = base?.id ?? fields.text('id') ?? randomUUID();
  const authentication = base === undefined ? authenticationFromRepresentation(fields, id) : base.authentication;
  const identityProviders = base === undefined ? providersFromRepresentation(fields) : base.identityProviders;
  const other = { ...(base?.other ?? otherRealmFields), ...fields.rest(known) };
  checkFlowNames(fields, authentication ?? defaultAuthentication(id), other);
  return {
    ...numbers,
    ...flags,
    ...optionalTexts(fields, base),
    id,
    realm: name,
    version: base?.version ?? 0,
    sslRequired: fields.choice('sslRequired', ['none', 'external', 'all']) ?? base?.sslRequired ?? 'external',
    defaultSignatureAlgorithm: fields.text('defaultSignatureAlgorithm') ?? base?.defaultSignatureAlgorithm ?? 'RS256',
    bruteForceStrategy: fields.choice('bruteForceStrategy', ['MULTIPLE', 'LINEAR']) ?? base?.bruteForceStrategy ?? 'MULTIPLE',
    passwordPolicy: fields.text('passwordPolicy') ?? base?.passwordPolicy ?? '',
    defaultRole,
    browserSecurityHeaders: {
      ...(base?.browserSecurityHeaders ?? browserSecurityHeaders),
      ...fields.textMap('browserSecurityHeaders'),
    },
    smtpServer: fields.textMap('smtpServer') ?? base?.smtpServer ?? {},
    supportedLocales: fields.texts('supportedLocales') ?? base?.supportedLocales ?? [],
    attributes: { ...(base?.attributes ?? realmAttributes), ...fields.textMap('attributes') },
    ...(authentication === undefined ? {} : { authentication }),
    ...(identityProviders === undefined ? {} : { identityProviders }),
    other,
  };
}

/** The realm as Admin REST and exports show it, without the objects that hang on it. */
export function realmToRepresentation(realm: Realm): Representation {
  const { version: _, authentication: __, identityProviders: ___, other, defaultRole, supportedLocales, passwordPolicy, ...shown } = realm;
  return {
    ...other,
    ...shown,
    defaultRole: {
      id: defaultRole.id,
      name: defaultRole.name,
      description: messageKey('role_default-roles'),
      composite: true,
      clientRole: false,
      containerId: realm.id,
    },
    ...(passwordPolicy === '' ? {} : { passwordPolicy }),
    ...(supportedLocales.length === 0 && !realm.internationalizationEnabled ? {} : { supportedLocales }),
  };
}

/** A realm that named a flow that is not there could not be logged in to any more. */
function checkFlowNames(fields: Fields, authentication: RealmAuthentication, other: Readonly<Record<string, unknown>>): void {
  for (const field of Object.values(flowFields)) {
    const alias = other[field];
    if (fields.has(field) && (typeof alias !== 'string' || flowByAlias(authentication, alias) === undefined)) {
      fields.refuse(field, 'is the alias of no authentication flow of the realm');
    }
  }
}

function notNegative(fields: Fields, name: keyof typeof realmNumbers): number | undefined {
  const value = fields.integer(name);
  if (value !== undefined && value < 0) fields.refuse(name, 'must not be negative');
  return value;
}

function optionalTexts(fields: Fields, base: Realm | undefined): Partial<Pick<Realm, (typeof texts)[number]>> {
  const found: Partial<Record<(typeof texts)[number], string>> = {};
  for (const name of texts) {
    const value = fields.text(name) ?? base?.[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function mapped<K extends string, V>(
  table: Readonly<Record<K, V>>,
  value: (name: K, defaultValue: V) => Widened<V>,
): Record<K, Widened<V>> {
  const entries = (Object.keys(table) as K[]).map((name) => [name, value(name, table[name])]);
  return Object.fromEntries(entries) as Record<K, Widened<V>>;
}

type Widened<V> = V extends number ? number : V extends boolean ? boolean : V;
