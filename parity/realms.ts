import { keepsAttributes } from './broker-profile.ts';
import { boundToCertificates, byCertificate } from './certificates.ts';
import { limitedFlows } from './limited-flows.ts';
import { password } from './password.ts';
import { SIGNING_SECRET } from './signing-secret.ts';

type Json = Readonly<Record<string, unknown>>;

const redirectUris = ['http://localhost/callback'];

/** A confidential client with everything switched on. */
function confidential(clientId: string, more: Json = {}): Json {
  const { attributes, ...rest } = more;
  return {
    clientId,
    enabled: true,
    publicClient: false,
    clientAuthenticatorType: 'client-secret',
    secret: 'app-secret',
    standardFlowEnabled: true,
    directAccessGrantsEnabled: true,
    serviceAccountsEnabled: true,
    redirectUris,
    webOrigins: ['http://localhost'],
    attributes: { 'post.logout.redirect.uris': '+', ...(attributes as Json | undefined) },
    protocolMappers: [mapper('own audience', 'oidc-audience-mapper', { 'included.client.audience': clientId, 'id.token.claim': 'false' })],
    ...rest,
  };
}

function mapper(name: string, protocolMapper: string, config: Json): Json {
  return {
    name,
    protocol: 'openid-connect',
    protocolMapper,
    config: {
      'access.token.claim': 'true',
      'id.token.claim': 'true',
      'userinfo.token.claim': 'true',
      'introspection.token.claim': 'true',
      ...config,
    },
  };
}

function signed(clientId: string, algorithm: string): Json {
  return confidential(clientId, {
    attributes: { 'access.token.signed.response.alg': algorithm, 'id.token.signed.response.alg': algorithm },
  });
}

function user(username: string, more: Json = {}): Json {
  return {
    username,
    enabled: true,
    email: `${username}@example.org`,
    emailVerified: true,
    firstName: 'First',
    lastName: 'Last',
    credentials: [password],
    realmRoles: [...(Array.isArray(more['extraRoles']) ? (more['extraRoles'] as string[]) : [])],
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'extraRoles')),
  };
}

function realm(name: string, more: Json, clients: readonly Json[], users: readonly Json[]): Json {
  return {
    realm: name,
    enabled: true,
    sslRequired: 'none',
    rememberMe: true,
    ...more,
    clients,
    users: users.map((one) => ({ ...one, realmRoles: [...((one['realmRoles'] as string[]) ?? []), `default-roles-${name}`] })),
  };
}

const commonMappers = [
  mapper('attribute', 'oidc-usermodel-attribute-mapper', {
    'user.attribute': 'department',
    'claim.name': 'department',
    'jsonType.label': 'String',
  }),
  mapper('attributes', 'oidc-usermodel-attribute-mapper', {
    'user.attribute': 'colour',
    'claim.name': 'colours',
    'jsonType.label': 'String',
    multivalued: 'true',
  }),
  mapper('number', 'oidc-usermodel-attribute-mapper', { 'user.attribute': 'age', 'claim.name': 'nested.age', 'jsonType.label': 'long' }),
  mapper('property', 'oidc-usermodel-property-mapper', { 'user.attribute': 'username', 'claim.name': 'login', 'jsonType.label': 'String' }),
  mapper('full', 'oidc-full-name-mapper', {}),
  mapper('constant', 'oidc-hardcoded-claim-mapper', { 'claim.name': 'constant', 'claim.value': '{"a":1}', 'jsonType.label': 'JSON' }),
  mapper('role', 'oidc-hardcoded-role-mapper', { role: 'worker' }),
  mapper('groups', 'oidc-group-membership-mapper', { 'claim.name': 'groups', 'full.path': 'true' }),
  mapper('realm roles', 'oidc-usermodel-realm-role-mapper', {
    'claim.name': 'r',
    multivalued: 'true',
    'usermodel.realmRoleMapping.rolePrefix': 'p-',
  }),
  mapper('client roles', 'oidc-usermodel-client-role-mapper', {
    'claim.name': 'c',
    multivalued: 'true',
    'usermodel.clientRoleMapping.clientId': 'roles-owner',
  }),
  mapper('audience', 'oidc-audience-mapper', { 'included.custom.audience': 'a-custom-audience' }),
  mapper('note', 'oidc-usersessionmodel-note-mapper', {
    'user.session.note': 'AUTH_TIME',
    'claim.name': 'note',
    'jsonType.label': 'String',
  }),
  mapper('renamed', 'oidc-role-name-mapper', { role: 'clerk', 'new.role.name': 'officer' }),
  mapper('address', 'oidc-address-mapper', { 'user.attribute.street': 'street', 'user.attribute.country': 'country' }),
];

const mainClients: readonly Json[] = [
  confidential('app'),
  { ...confidential('public-app'), publicClient: true, serviceAccountsEnabled: false },
  { ...confidential('spa', { attributes: { 'pkce.code.challenge.method': 'S256' } }), publicClient: true, serviceAccountsEnabled: false },
  confidential('implicit', { implicitFlowEnabled: true }),
  confidential('no-browser', { standardFlowEnabled: false }),
  confidential('no-password', { directAccessGrantsEnabled: false, serviceAccountsEnabled: false }),
  confidential('disabled-client', { enabled: false }),
  confidential('bearer', { bearerOnly: true }),
  confidential('stale', { notBefore: 2_100_000_000 }),
  confidential('brief', {
    attributes: { 'access.token.lifespan': '40', 'client.session.idle.timeout': '600', 'client.session.max.lifespan': '900' },
  }),
  confidential('brief-offline', { attributes: { 'client.offline.session.idle.timeout': '700' } }),
  confidential('signed-userinfo', { attributes: { 'user.info.response.signature.alg': 'RS256' } }),
  confidential('lightweight', { attributes: { 'client.use.lightweight.access.token.enabled': 'true' } }),
  confidential('no-refresh', { attributes: { 'use.refresh.tokens': 'false', 'client_credentials.use_refresh_token': 'false' } }),
  confidential('service-refresh', { attributes: { 'client_credentials.use_refresh_token': 'true' } }),
  confidential('at-jwt', { attributes: { 'access.token.header.type.rfc9068': 'true' } }),
  confidential('no-session-state', {
    attributes: { 'exclude.session.state.from.auth.response': 'true', 'exclude.issuer.from.auth.response': 'true' },
  }),
  confidential('consenting-none', { fullScopeAllowed: true, defaultClientScopes: ['basic'], optionalClientScopes: ['email', 'roles'] }),
  signed('rs512', 'RS512'),
  signed('es256', 'ES256'),
  signed('ps256', 'PS256'),
  signed('eddsa', 'EdDSA'),
  signed('hs256', 'HS256'),
  confidential('narrow', { fullScopeAllowed: false }),
  confidential('roles-owner'),
  confidential('mapped', { protocolMappers: commonMappers }),
];

const mainRealm = realm(
  'parity',
  {
    roles: {
      realm: [{ name: 'worker' }, { name: 'clerk' }, { name: 'boss', composite: true, composites: { realm: ['clerk'] } }],
      client: { 'roles-owner': [{ name: 'reader' }, { name: 'writer' }], narrow: [{ name: 'own' }] },
    },
    scopeMappings: [{ client: 'narrow', roles: ['clerk'] }],
    clientScopeMappings: { 'roles-owner': [{ client: 'narrow', roles: ['reader'] }] },
    groups: [{ name: 'staff', path: '/staff', subGroups: [{ name: 'office', path: '/staff/office' }] }],
  },
  mainClients,
  [
    ...Array.from({ length: 60 }, (_, index) => user(`user${index}`)),
    user('disabled', { enabled: false }),
    ...['required0', 'required1', 'required2'].map((name) => user(name, { requiredActions: ['UPDATE_PASSWORD'] })),
    ...['changing0', 'changing1', 'changing2'].map((name) => user(name)),
    user('rich', {
      attributes: { department: ['sales'], colour: ['red', 'blue'], age: ['41'], street: ['Main Street 1'], country: ['CH'] },
      groups: ['/staff/office'],
      extraRoles: ['boss'],
      clientRoles: { 'roles-owner': ['reader', 'writer'], narrow: ['own'] },
    }),
    user('plain', { emailVerified: false }),
  ],
);

const few = Array.from({ length: 10 }, (_, index) => user(`user${index}`));

const certificateClients = [
  confidential('app'),
  confidential('machine', byCertificate('CN=machine, O=Example, C=DE', false)),
  confidential('machine-by-pattern', byCertificate('.*CN=machine.*', true)),
  confidential('bound', { attributes: boundToCertificates }),
];
const certificateUsers = [...few, user('disabled', { enabled: false })];

/** Every realm of the walks, in the JSON form of a realm export. */
export const parityRealms: readonly Json[] = [
  mainRealm,
  realm('parity-rotation', { revokeRefreshToken: true, refreshTokenMaxReuse: 0, rememberMe: false }, [confidential('app')], few),
  realm(
    'parity-extensions',
    {},
    [
      confidential('app'),
      confidential('pushing', { attributes: { 'require.pushed.authorization.requests': 'true' } }),
      confidential('device', {
        publicClient: true,
        secret: undefined,
        serviceAccountsEnabled: false,
        attributes: { 'oauth2.device.authorization.grant.enabled': 'true' },
      }),
      confidential('bound', {
        publicClient: true,
        secret: undefined,
        serviceAccountsEnabled: false,
        implicitFlowEnabled: true,
        attributes: { 'dpop.bound.access.tokens': 'true' },
      }),
      confidential('signing', { clientAuthenticatorType: 'client-secret-jwt', secret: SIGNING_SECRET }),
    ],
    few,
  ),
  realm('parity-reuse', { revokeRefreshToken: true, refreshTokenMaxReuse: 1 }, [confidential('app')], few),
  realm('parity-short', { ssoSessionMaxLifespan: 3, ssoSessionIdleTimeout: 1_800, accessTokenLifespan: 300 }, [confidential('app')], few),
  realm('parity-codes', { accessCodeLifespan: 1 }, [confidential('app')], few),
  realm('parity-idle', { ssoSessionIdleTimeout: 2, ssoSessionMaxLifespan: 36_000 }, [confidential('app')], few),
  realm('parity-tokens', { accessTokenLifespan: 1, accessCodeLifespanLogin: 2 }, [confidential('app')], few),
  realm(
    'parity-remember',
    {
      ssoSessionIdleTimeoutRememberMe: 5_000,
      ssoSessionMaxLifespanRememberMe: 50_000,
      offlineSessionMaxLifespanEnabled: true,
      offlineSessionMaxLifespan: 9_000,
    },
    [confidential('app')],
    few,
  ),
  realm(
    'parity-guarded',
    {
      bruteForceProtected: true,
      failureFactor: 2,
      waitIncrementSeconds: 60,
      maxFailureWaitSeconds: 900,
      quickLoginCheckMilliSeconds: 1,
      minimumQuickLoginWaitSeconds: 1,
    },
    [confidential('app')],
    few,
  ),
  realm(
    'parity-permanent',
    {
      bruteForceProtected: true,
      permanentLockout: true,
      failureFactor: 2,
      quickLoginCheckMilliSeconds: 1,
      minimumQuickLoginWaitSeconds: 1,
    },
    [confidential('app')],
    few,
  ),
  realm(
    'parity-strict',
    { passwordPolicy: 'length(8) and digits(1)', loginWithEmailAllowed: false, registrationAllowed: false, resetPasswordAllowed: false },
    [confidential('app')],
    [...few.slice(0, 2), user('required', { requiredActions: ['UPDATE_PASSWORD'] })],
  ),
  realm(
    'parity-people',
    {
      resetPasswordAllowed: true,
      bruteForceProtected: true,
      failureFactor: 3,
      quickLoginCheckMilliSeconds: 1,
      minimumQuickLoginWaitSeconds: 1,
    },
    [
      confidential('app'),
      confidential('consenting', { consentRequired: true }),
      confidential('front', {
        frontchannelLogout: true,
        attributes: { 'frontchannel.logout.url': 'http://localhost:1/front', 'frontchannel.logout.session.required': 'true' },
      }),
      confidential('told', { adminUrl: 'http://127.0.0.1:1/told' }),
    ],
    [...few, user('unverified', { emailVerified: false, requiredActions: ['VERIFY_EMAIL'] })],
  ),
  realm('parity-limits', limitedFlows, [confidential('app'), confidential('second')], few),
  realm(
    'parity-broker',
    {
      roles: { realm: [{ name: 'worker' }, { name: 'clerk' }, { name: 'boss' }] },
      groups: [
        { name: 'staff', path: '/staff' },
        { name: 'sales', path: '/sales' },
      ],
      ...keepsAttributes(true),
    },
    [confidential('app')],
    few,
  ),
  realm('parity-outside', keepsAttributes(false), [], []),
  realm('parity-certificates', {}, certificateClients, certificateUsers),
  realm('parity-certificates-direct', keepsAttributes(true), [confidential('app')], certificateUsers),
  realm('parity-disabled', { enabled: false }, [confidential('app')], few.slice(0, 1)),
];
