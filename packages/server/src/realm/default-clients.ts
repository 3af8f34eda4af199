import type { Representation } from './fields.ts';
import { managementRoles, masterClientOf, realmAdminRole, realmManagementClient } from './management-roles.ts';
import { messageKey } from './message-key.ts';
import { masterRealm } from './realm-defaults.ts';

/** A built-in client: its representation, and its roles with what each brings along. */
export interface BuiltInClient {
  readonly representation: Representation & { readonly clientId: string };
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Client id -> its roles that this client may put into tokens. */
  readonly scopeMappings?: Readonly<Record<string, readonly string[]>>;
}

const accountRoles = {
  'delete-account': [],
  'manage-account': ['manage-account-links'],
  'manage-account-links': [],
  'manage-consent': ['view-consent'],
  'view-applications': [],
  'view-consent': [],
  'view-groups': [],
  'view-profile': [],
} as const;

/** Roles of client `account` that every user has by default. */
export const defaultAccountRoles = ['view-profile', 'manage-account'] as const;

const lightweight = { 'client.use.lightweight.access.token.enabled': 'true' } as const;
const browserApp = { 'post.logout.redirect.uris': '+' } as const;
const pkce = { 'pkce.code.challenge.method': 'S256' } as const;
const shared = { nodeReRegistrationTimeout: 0 } as const;
const closed = { ...shared, bearerOnly: true, fullScopeAllowed: false, attributes: { realm_client: 'true' } } as const;

/** The built-in clients of a realm. Texts in ${} are message keys and base addresses, resolved by whoever reads them. */
export function builtInClients(realm: string): readonly BuiltInClient[] {
  const account = {
    ...shared,
    rootUrl: messageKey('authBaseUrl'),
    baseUrl: `/realms/${realm}/account/`,
    redirectUris: [`/realms/${realm}/account/*`],
    publicClient: true,
    fullScopeAllowed: false,
  };
  return [
    {
      representation: {
        ...account,
        clientId: 'account',
        name: messageKey('client_account'),
        attributes: { realm_client: 'false', ...browserApp },
      },
      roles: accountRoles,
    },
    {
      representation: {
        ...account,
        clientId: 'account-console',
        name: messageKey('client_account-console'),
        attributes: { realm_client: 'false', ...browserApp, ...pkce },
        protocolMappers: [{ name: 'audience resolve', protocolMapper: 'oidc-audience-resolve-mapper', config: {} }],
      },
      roles: {},
      scopeMappings: { account: ['manage-account', 'view-groups'] },
    },
    {
      representation: {
        ...shared,
        clientId: 'admin-cli',
        name: messageKey('client_admin-cli'),
        publicClient: true,
        standardFlowEnabled: false,
        directAccessGrantsEnabled: true,
        attributes: { realm_client: 'false', ...lightweight },
      },
      roles: {},
    },
    { representation: { ...closed, clientId: 'broker', name: messageKey('client_broker') }, roles: { 'read-token': [] } },
    managementClient(realm),
    {
      representation: {
        ...shared,
        clientId: 'security-admin-console',
        name: messageKey('client_security-admin-console'),
        rootUrl: messageKey('authAdminUrl'),
        baseUrl: `/admin/${realm}/console/`,
        redirectUris: [`/admin/${realm}/console/*`],
        webOrigins: ['+'],
        publicClient: true,
        attributes: { realm_client: 'false', ...lightweight, ...browserApp, ...pkce },
        protocolMappers: [
          {
            name: 'locale',
            protocolMapper: 'oidc-usermodel-attribute-mapper',
            config: {
              'introspection.token.claim': 'true',
              'userinfo.token.claim': 'true',
              'user.attribute': 'locale',
              'id.token.claim': 'true',
              'access.token.claim': 'true',
              'claim.name': 'locale',
              'jsonType.label': 'String',
            },
          },
        ],
      },
      roles: {},
    },
  ];
}

/** The client in master that stands for `realm`; it has no client scopes, nobody logs in to it. */
export function masterClient(realm: string): BuiltInClient {
  return {
    representation: {
      ...closed,
      clientId: masterClientOf(realm),
      name: `${realm} Realm`,
      defaultClientScopes: [],
      optionalClientScopes: [],
    },
    roles: managementRoles,
  };
}

function managementClient(realm: string): BuiltInClient {
  if (realm === masterRealm) return masterClient(realm);
  return {
    representation: { ...closed, clientId: realmManagementClient, name: messageKey('client_realm-management') },
    roles: { ...managementRoles, [realmAdminRole]: Object.keys(managementRoles) },
  };
}
