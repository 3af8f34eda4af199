import { protocolMapperKinds } from '../token/protocol-mappers/index.ts';

/** One field of the form of a protocol mapper; labels are keys of the console's texts. */
interface MapperProperty {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly defaultValue?: string;
  readonly required?: boolean;
  readonly options?: readonly string[];
}

const text = (name: string, label: string, required = false): MapperProperty => ({ name, label, type: 'String', required });
const flag = (name: string, label: string, defaultValue: string): MapperProperty => ({ name, label, type: 'boolean', defaultValue });

const claim = text('claim.name', 'tokenClaimName.label', true);
const jsonType: MapperProperty = {
  name: 'jsonType.label',
  label: 'jsonType.label',
  type: 'List',
  options: ['String', 'long', 'int', 'boolean', 'JSON'],
};
const idToken = flag('id.token.claim', 'includeInIdToken.label', 'true');
const accessToken = [
  flag('access.token.claim', 'includeInAccessToken.label', 'true'),
  flag('lightweight.claim', 'includeInLightweight.label', 'false'),
];
const userinfo = flag('userinfo.token.claim', 'includeInUserInfo.label', 'true');
const introspection = flag('introspection.token.claim', 'includeInIntrospection.label', 'true');
const everywhere = [idToken, ...accessToken, userinfo, introspection];
const multivalued = flag('multivalued', 'multivalued.label', 'true');

type Form = readonly [name: string, priority: number, helpText: string, properties: readonly MapperProperty[]];

const forms: Readonly<Record<string, Form>> = {
  'oidc-acr-mapper': [
    'Authentication Context Class Reference (ACR)',
    0,
    'Adds the level of the login.',
    [idToken, ...accessToken, introspection],
  ],
  'oidc-address-mapper': [
    'User Address',
    0,
    'Builds the address claim from attributes of the user.',
    [
      ...everywhere,
      ...['street', 'locality', 'region', 'postal_code', 'country', 'formatted'].map((part) =>
        text(`user.attribute.${part}`, `addressClaim.${part}.label`),
      ),
    ],
  ],
  'oidc-allowed-origins-mapper': ['Allowed Web Origins', 0, 'Adds the web origins of the client.', [...accessToken, introspection]],
  'oidc-audience-mapper': [
    'Audience',
    0,
    'Adds an audience.',
    [
      { name: 'included.client.audience', label: 'included.client.audience.label', type: 'ClientList' },
      text('included.custom.audience', 'included.custom.audience.label'),
      { ...idToken, defaultValue: 'false' },
      ...accessToken,
      introspection,
    ],
  ],
  'oidc-audience-resolve-mapper': [
    'Audience Resolve',
    30,
    'Adds the clients whose roles the token carries.',
    [...accessToken, introspection],
  ],
  'oidc-claims-param-token-mapper': ['Claims parameter Token', 0, 'Adds what the claims parameter calls essential.', [idToken, userinfo]],
  'oidc-claims-param-value-idtoken-mapper': [
    'Claims parameter with value ID Token',
    0,
    'Puts the value that the claims parameter names into the ID token.',
    [text('claim.name', 'Claim name'), idToken],
  ],
  'oidc-usermodel-client-role-mapper': [
    'User Client Role',
    40,
    'Puts the roles of a client into a claim.',
    [
      { name: 'usermodel.clientRoleMapping.clientId', label: 'usermodel.clientRoleMapping.clientId.label', type: 'ClientList' },
      text('usermodel.clientRoleMapping.rolePrefix', 'usermodel.clientRoleMapping.rolePrefix.label'),
      multivalued,
      claim,
      jsonType,
      ...everywhere,
    ],
  ],
  'oidc-full-name-mapper': ["User's full name", 0, 'Joins first and last name.', everywhere],
  'oidc-group-membership-mapper': [
    'Group Membership',
    0,
    'Lists the groups of the user.',
    [claim, flag('full.path', 'Full group path', 'true'), ...everywhere],
  ],
  'oidc-hardcoded-claim-mapper': [
    'Hardcoded claim',
    0,
    'Adds a fixed claim.',
    [claim, text('claim.value', 'Claim value'), jsonType, ...everywhere],
  ],
  'oidc-hardcoded-role-mapper': ['Hardcoded Role', 20, 'Adds a fixed role.', [{ name: 'role', label: 'Role', type: 'Role' }]],
  'oidc-nonce-backwards-compatible-mapper': ['Nonce backwards compatible', 0, 'Adds the nonce to all tokens.', []],
  'oidc-usermodel-realm-role-mapper': [
    'User Realm Role',
    40,
    'Puts the roles of the realm into a claim.',
    [
      text('usermodel.realmRoleMapping.rolePrefix', 'usermodel.realmRoleMapping.rolePrefix.label'),
      multivalued,
      claim,
      jsonType,
      ...everywhere,
    ],
  ],
  'oidc-role-name-mapper': [
    'Role Name Mapper',
    10,
    'Gives a role another name.',
    [{ name: 'role', label: 'Role', type: 'Role' }, text('new.role.name', 'New Role Name')],
  ],
  'oidc-usersessionmodel-note-mapper': [
    'User Session Note',
    0,
    'Puts a note of the session into a claim.',
    [text('user.session.note', 'userSession.modelNote.label', true), claim, jsonType, ...everywhere],
  ],
  'oidc-sub-mapper': ['Subject (sub)', -10, 'Adds the subject.', [...accessToken, introspection]],
  'oidc-usermodel-attribute-mapper': [
    'User Attribute',
    0,
    'Puts an attribute of the user into a claim.',
    [
      { name: 'user.attribute', label: 'usermodel.attr.label', type: 'UserProfileAttributeList' },
      claim,
      jsonType,
      ...everywhere,
      { ...multivalued, defaultValue: 'false' },
      flag('aggregate.attrs', 'aggregate.attrs.label', 'false'),
    ],
  ],
  'oidc-usermodel-property-mapper': [
    'User Property',
    0,
    'Puts a property of the user (username, email, …) into a claim.',
    [text('user.attribute', 'usermodel.prop.label'), claim, jsonType, ...everywhere],
  ],
};

/** The protocol mappers that this server runs, with their forms, as `serverinfo` shows them. */
function protocolMapperTypes(): readonly unknown[] {
  return [...protocolMapperKinds.keys()].map((id) => {
    const [name, priority, helpText, properties] = forms[id] ?? [id, 0, '', []];
    return {
      id,
      name,
      category: 'Token mapper',
      helpText,
      priority,
      properties: properties.map((property) => ({ helpText: '', secret: false, required: false, readOnly: false, ...property })),
    };
  });
}

/** Mappers of client scopes that every realm begins with, and that have nothing to do here; the console wants to know each by its name. */
const IDLE = {
  'openid-connect': [['oidc-organization-membership-mapper', 'Organization Membership']],
  saml: [
    ['saml-role-list-mapper', 'Role list'],
    ['saml-organization-membership-mapper', 'Organization Membership'],
    ['saml-authn-context-class-ref-mapper', 'AuthnContextClassRef'],
  ],
} as const;

/** Protocol -> mappers with their forms. */
export function mapperTypesByProtocol(): Readonly<Record<string, readonly unknown[]>> {
  const idle = (protocol: keyof typeof IDLE): readonly unknown[] =>
    IDLE[protocol].map(([id, name]) => ({ id, name, category: 'Token mapper', helpText: '', priority: 0, properties: [] }));
  return { 'openid-connect': [...protocolMapperTypes(), ...idle('openid-connect')], saml: idle('saml') };
}
