/** Kinds of providers that this server speaks to. */
export const identityProviderTypes: ReadonlyMap<string, string> = new Map([
  ['oidc', 'OpenID Connect v1.0'],
  ['keycloak-oidc', 'Keycloak OpenID Connect'],
]);

interface MapperType {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly helpText: string;
  readonly properties: readonly Readonly<Record<string, unknown>>[];
}

const text = (name: string, label: string, helpText: string) => ({
  name,
  label,
  helpText,
  type: 'String',
  secret: false,
  required: false,
  readOnly: false,
});

const role = { ...text('role', 'Role', 'Name of a realm role, or client.role.'), type: 'Role' };
const group = { ...text('group', 'Group', 'Path of a group.'), type: 'Group' };
const claim = text('claim', 'Claim', 'Name of the claim; dots lead into objects.');
const claims = [
  { ...text('claims', 'Claims', 'Claims with the values that all of them must have.'), type: 'Map' },
  { ...text('are.claim.values.regex', 'Regex Claim Values', 'The values are patterns.'), type: 'boolean' },
];
const attribute = [text('attribute', 'User Attribute', 'The attribute.'), text('attribute.value', 'User Attribute Value', 'Its value.')];

/** id, name, category, what it does, settings. */
const rows: readonly (readonly [string, string, string, string, MapperType['properties']])[] = [
  [
    'oidc-user-attribute-idp-mapper',
    'Attribute Importer',
    'Attribute Importer',
    'Copies a claim to an attribute of the user.',
    [
      claim,
      {
        ...text('user.attribute', 'User Attribute Name', 'The attribute; email, firstName and lastName are the fields of the user.'),
        type: 'UserProfileAttributeList',
      },
    ],
  ],
  [
    'hardcoded-attribute-idp-mapper',
    'Hardcoded Attribute',
    'Attribute Importer',
    'Gives every user of the provider the same value.',
    attribute,
  ],
  [
    'hardcoded-user-session-attribute-idp-mapper',
    'Hardcoded User Session Attribute',
    'Attribute Importer',
    'Gives every session of the provider the same note.',
    [text('attribute', 'User Session Attribute', 'The note.'), text('attribute.value', 'User Session Attribute Value', 'Its value.')],
  ],
  [
    'oidc-user-session-note-idp-mapper',
    'User Session Note Mapper',
    'User Session',
    'Keeps claims with the values that are wanted as notes of the session.',
    claims,
  ],
  ['oidc-hardcoded-role-idp-mapper', 'Hardcoded Role', 'Role Importer', 'Gives every user of the provider a role.', [role]],
  ['oidc-hardcoded-group-idp-mapper', 'Hardcoded Group', 'Group Importer', 'Puts every user of the provider into a group.', [group]],
  [
    'oidc-role-idp-mapper',
    'Claim to Role',
    'Role Importer',
    'Gives a role to users with a value of a claim.',
    [claim, text('claim.value', 'Claim Value', 'The value, or one of the values of a list.'), role],
  ],
  [
    'oidc-advanced-role-idp-mapper',
    'Advanced Claim to Role',
    'Role Importer',
    'Gives a role to users who have all the claims.',
    [...claims, role],
  ],
  [
    'oidc-advanced-group-idp-mapper',
    'Advanced Claim to Group',
    'Group Importer',
    'Puts users who have all the claims into a group.',
    [...claims, group],
  ],
  [
    'keycloak-oidc-role-to-role-idp-mapper',
    'External Role to Role',
    'Role Importer',
    'Gives a role to users who have a role there.',
    [text('external.role', 'External Role', 'Name of a realm role there, or client.role.'), role],
  ],
  [
    'oidc-username-idp-mapper',
    'Username Template Importer',
    'Preprocessor',
    'Makes the user name out of claims.',
    [
      text('template', 'Template', 'Text in which CLAIM.name and ALIAS stand in braces after a dollar sign.'),
      {
        ...text('target', 'Target', 'Which name is made: the one here, or the id or the name of the link.'),
        type: 'List',
        options: ['LOCAL', 'BROKER_ID', 'BROKER_USERNAME'],
        defaultValue: 'LOCAL',
      },
    ],
  ],
];

const types: readonly MapperType[] = rows.map(([id, name, category, helpText, properties]) => ({
  id,
  name,
  category,
  helpText,
  properties,
}));

const synchronized = {
  ...text('syncMode', 'Sync mode override', 'Whether the mapper works at the first login only (IMPORT) or at each (FORCE).'),
  type: 'List',
  options: ['INHERIT', 'IMPORT', 'LEGACY', 'FORCE'],
};

/** Mappers by their id, in the shape of Admin REST. */
export const identityProviderMapperTypes: Readonly<Record<string, MapperType>> = Object.fromEntries(
  types.map((type) => [type.id, { ...type, properties: [...type.properties, synchronized] }]),
);

/** The mappers of a kind of provider: only a Keycloak tells its roles. */
export function mapperTypesOf(providerId: string): typeof identityProviderMapperTypes {
  if (providerId === 'keycloak-oidc') return identityProviderMapperTypes;
  const { 'keycloak-oidc-role-to-role-idp-mapper': _, ...others } = identityProviderMapperTypes;
  return others;
}
