import { randomUUID } from 'node:crypto';
import type { ClientScope, ProtocolMapper } from '../model/index.ts';
import { messageKey } from './message-key.ts';

// Names, mapper kinds and settings are those of Keycloak 26.7. Texts in ${} are message keys.

interface ScopeDraft {
  readonly name: string;
  readonly description: string;
  readonly protocol?: 'saml';
  readonly realmDefault: ClientScope['realmDefault'];
  readonly attributes: ClientScope['attributes'];
  readonly mappers: readonly MapperDraft[];
}

type MapperDraft = readonly [name: string, kind: string, config: ProtocolMapper['config']];

const everywhere = {
  'introspection.token.claim': 'true',
  'userinfo.token.claim': 'true',
  'id.token.claim': 'true',
  'access.token.claim': 'true',
} as const;
const tokensOnly = { 'introspection.token.claim': 'true', 'id.token.claim': 'true', 'access.token.claim': 'true' } as const;
const accessOnly = { 'introspection.token.claim': 'true', 'access.token.claim': 'true' } as const;

function attribute(name: string, userAttribute: string, claim: string, type = 'String'): MapperDraft {
  return [
    name,
    'oidc-usermodel-attribute-mapper',
    { ...everywhere, 'user.attribute': userAttribute, 'claim.name': claim, 'jsonType.label': type },
  ];
}

function sessionNote(name: string, note: string, claim: string, type = 'String'): MapperDraft {
  return [
    name,
    'oidc-usersessionmodel-note-mapper',
    { ...tokensOnly, 'user.session.note': note, 'claim.name': claim, 'jsonType.label': type },
  ];
}

function roles(name: string, kind: string, claim: string, config: ProtocolMapper['config']): MapperDraft {
  return [name, kind, { ...config, 'user.attribute': 'foo', 'claim.name': claim, 'jsonType.label': 'String', multivalued: 'true' }];
}

const consent = (key: string) => ({
  'include.in.token.scope': 'true',
  'consent.screen.text': messageKey(`${key}ScopeConsentText`),
  'display.on.consent.screen': 'true',
});
const silent = { 'include.in.token.scope': 'false', 'display.on.consent.screen': 'false' } as const;

const drafts: readonly ScopeDraft[] = [
  {
    name: 'role_list',
    description: 'Roles in SAML assertions',
    protocol: 'saml',
    realmDefault: 'default',
    attributes: { 'consent.screen.text': messageKey('samlRoleListScopeConsentText'), 'display.on.consent.screen': 'true' },
    mappers: [['role list', 'saml-role-list-mapper', { single: 'false', 'attribute.nameformat': 'Basic', 'attribute.name': 'Role' }]],
  },
  {
    name: 'saml_organization',
    description: 'Organizations in SAML assertions',
    protocol: 'saml',
    realmDefault: 'default',
    attributes: { 'display.on.consent.screen': 'false' },
    mappers: [['organization', 'saml-organization-membership-mapper', {}]],
  },
  {
    name: 'AuthnContextClassRef',
    description: 'Level of authentication in SAML assertions',
    protocol: 'saml',
    realmDefault: 'default',
    attributes: {},
    mappers: [['AuthnContextClassRef', 'saml-authn-context-class-ref-mapper', {}]],
  },
  {
    name: 'profile',
    description: 'Names and other facts of the profile',
    realmDefault: 'default',
    attributes: consent('profile'),
    mappers: [
      ['full name', 'oidc-full-name-mapper', everywhere],
      attribute('family name', 'lastName', 'family_name'),
      attribute('given name', 'firstName', 'given_name'),
      attribute('middle name', 'middleName', 'middle_name'),
      attribute('nickname', 'nickname', 'nickname'),
      attribute('username', 'username', 'preferred_username'),
      attribute('profile', 'profile', 'profile'),
      attribute('picture', 'picture', 'picture'),
      attribute('website', 'website', 'website'),
      attribute('gender', 'gender', 'gender'),
      attribute('birthdate', 'birthdate', 'birthdate'),
      attribute('zoneinfo', 'zoneinfo', 'zoneinfo'),
      attribute('locale', 'locale', 'locale'),
      attribute('updated at', 'updatedAt', 'updated_at', 'long'),
    ],
  },
  {
    name: 'email',
    description: 'E-mail address, and whether it was verified',
    realmDefault: 'default',
    attributes: consent('email'),
    mappers: [
      attribute('email', 'email', 'email'),
      [
        'email verified',
        'oidc-usermodel-property-mapper',
        { ...everywhere, 'user.attribute': 'emailVerified', 'claim.name': 'email_verified', 'jsonType.label': 'boolean' },
      ],
    ],
  },
  {
    name: 'roles',
    description: 'Realm and client roles in the access token',
    realmDefault: 'default',
    attributes: { ...consent('roles'), 'include.in.token.scope': 'false' },
    mappers: [
      roles('realm roles', 'oidc-usermodel-realm-role-mapper', 'realm_access.roles', accessOnly),
      roles('client roles', 'oidc-usermodel-client-role-mapper', `resource_access.${messageKey('client_id')}.roles`, accessOnly),
      ['audience resolve', 'oidc-audience-resolve-mapper', accessOnly],
    ],
  },
  {
    name: 'web-origins',
    description: 'Allowed web origins in the access token',
    realmDefault: 'default',
    attributes: { ...silent, 'consent.screen.text': '' },
    mappers: [['allowed web origins', 'oidc-allowed-origins-mapper', accessOnly]],
  },
  {
    name: 'acr',
    description: 'Authentication context class reference in the tokens',
    realmDefault: 'default',
    attributes: silent,
    mappers: [['acr loa level', 'oidc-acr-mapper', tokensOnly]],
  },
  {
    name: 'basic',
    description: 'Claims that every token should have',
    realmDefault: 'default',
    attributes: silent,
    mappers: [sessionNote('auth_time', 'AUTH_TIME', 'auth_time', 'long'), ['sub', 'oidc-sub-mapper', accessOnly]],
  },
  {
    name: 'offline_access',
    description: 'Tokens that outlive the session',
    realmDefault: 'optional',
    attributes: { 'consent.screen.text': messageKey('offlineAccessScopeConsentText'), 'display.on.consent.screen': 'true' },
    mappers: [],
  },
  {
    name: 'address',
    description: 'Postal address',
    realmDefault: 'optional',
    attributes: consent('address'),
    mappers: [
      [
        'address',
        'oidc-address-mapper',
        {
          ...everywhere,
          'user.attribute.formatted': 'formatted',
          'user.attribute.street': 'street',
          'user.attribute.locality': 'locality',
          'user.attribute.region': 'region',
          'user.attribute.postal_code': 'postal_code',
          'user.attribute.country': 'country',
        },
      ],
    ],
  },
  {
    name: 'phone',
    description: 'Phone number, and whether it was verified',
    realmDefault: 'optional',
    attributes: consent('phone'),
    mappers: [
      attribute('phone number', 'phoneNumber', 'phone_number'),
      attribute('phone number verified', 'phoneNumberVerified', 'phone_number_verified', 'boolean'),
    ],
  },
  {
    name: 'microprofile-jwt',
    description: 'Claims of the MicroProfile JWT specification',
    realmDefault: 'optional',
    attributes: { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'false' },
    mappers: [attribute('upn', 'username', 'upn'), roles('groups', 'oidc-usermodel-realm-role-mapper', 'groups', tokensOnly)],
  },
  {
    name: 'organization',
    description: 'Organizations that the user belongs to',
    realmDefault: 'optional',
    attributes: consent('organization'),
    mappers: [
      [
        'organization',
        'oidc-organization-membership-mapper',
        { ...tokensOnly, 'claim.name': 'organization', 'jsonType.label': 'String', multivalued: 'true' },
      ],
    ],
  },
  {
    name: 'service_account',
    description: 'What a service account knows of its client',
    realmDefault: 'none',
    attributes: silent,
    mappers: [
      sessionNote('Client ID', 'client_id', 'client_id'),
      sessionNote('Client Host', 'clientHost', 'clientHost'),
      sessionNote('Client IP Address', 'clientAddress', 'clientAddress'),
    ],
  },
];

/** The scope that clients with a service account have besides the realm's defaults. */
export const serviceAccountScope = 'service_account';

/** Fresh copies of the built-in client scopes. */
export function defaultClientScopes(realmId: string): ClientScope[] {
  return drafts.map((draft) => {
    const protocol = draft.protocol ?? 'openid-connect';
    return {
      id: randomUUID(),
      realmId,
      name: draft.name,
      description: draft.description,
      protocol,
      protocolMappers: draft.mappers.map(([name, protocolMapper, config]) => ({
        id: randomUUID(),
        name,
        protocol,
        protocolMapper,
        consentRequired: false,
        config,
      })),
      attributes: draft.attributes,
      realmDefault: draft.realmDefault,
      other: {},
    };
  });
}
