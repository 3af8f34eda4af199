import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type {
  Client,
  ClientScope,
  ClientSession,
  IdentityProvider,
  ProtocolMapper,
  Realm,
  RealmKey,
  Role,
  User,
  UserSession,
} from '../model/index.ts';

/** Whole, valid model objects for tests: each function takes what the test cares about and fills in Keycloak's defaults. */

export function realmFixture(overrides: Partial<Realm> = {}): Realm {
  const name = overrides.realm ?? 'test';
  return {
    id: overrides.id ?? randomUUID(),
    realm: name,
    version: 0,
    enabled: true,
    sslRequired: 'external',
    notBefore: 0,
    defaultSignatureAlgorithm: 'RS256',
    revokeRefreshToken: false,
    refreshTokenMaxReuse: 0,
    accessTokenLifespan: 300,
    accessTokenLifespanForImplicitFlow: 900,
    ssoSessionIdleTimeout: 1800,
    ssoSessionMaxLifespan: 36_000,
    ssoSessionIdleTimeoutRememberMe: 0,
    ssoSessionMaxLifespanRememberMe: 0,
    offlineSessionIdleTimeout: 2_592_000,
    offlineSessionMaxLifespanEnabled: false,
    offlineSessionMaxLifespan: 5_184_000,
    clientSessionIdleTimeout: 0,
    clientSessionMaxLifespan: 0,
    clientOfflineSessionIdleTimeout: 0,
    clientOfflineSessionMaxLifespan: 0,
    accessCodeLifespan: 60,
    accessCodeLifespanUserAction: 300,
    accessCodeLifespanLogin: 1800,
    actionTokenGeneratedByAdminLifespan: 43_200,
    actionTokenGeneratedByUserLifespan: 300,
    registrationAllowed: false,
    registrationEmailAsUsername: false,
    rememberMe: false,
    verifyEmail: false,
    loginWithEmailAllowed: true,
    duplicateEmailsAllowed: false,
    resetPasswordAllowed: false,
    editUsernameAllowed: false,
    bruteForceProtected: false,
    permanentLockout: false,
    maxTemporaryLockouts: 0,
    bruteForceStrategy: 'MULTIPLE',
    maxFailureWaitSeconds: 900,
    minimumQuickLoginWaitSeconds: 60,
    waitIncrementSeconds: 60,
    quickLoginCheckMilliSeconds: 1000,
    maxDeltaTimeSeconds: 43_200,
    failureFactor: 30,
    passwordPolicy: '',
    defaultRole: { id: `default-roles-${name}`, name: `default-roles-${name}` },
    browserSecurityHeaders: {},
    smtpServer: {},
    internationalizationEnabled: false,
    supportedLocales: [],
    eventsEnabled: false,
    adminEventsEnabled: false,
    attributes: {},
    other: {},
    ...overrides,
  };
}

export function clientFixture(realm: Realm, overrides: Partial<Client> = {}): Client {
  return {
    id: randomUUID(),
    realmId: realm.id,
    clientId: 'app',
    version: 0,
    enabled: true,
    protocol: 'openid-connect',
    clientAuthenticatorType: 'client-secret',
    secret: 'app-secret',
    publicClient: false,
    bearerOnly: false,
    consentRequired: false,
    standardFlowEnabled: true,
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: true,
    serviceAccountsEnabled: true,
    authorizationServicesEnabled: false,
    frontchannelLogout: false,
    fullScopeAllowed: true,
    surrogateAuthRequired: false,
    alwaysDisplayInConsole: false,
    notBefore: 0,
    nodeReRegistrationTimeout: 0,
    redirectUris: ['https://app.example/*'],
    webOrigins: ['https://app.example'],
    protocolMappers: [],
    defaultClientScopes: ['basic', 'acr', 'profile', 'email', 'roles', 'web-origins'],
    optionalClientScopes: ['offline_access'],
    attributes: {},
    authenticationFlowBindingOverrides: {},
    other: {},
    ...overrides,
  };
}

export function userFixture(realm: Realm, overrides: Partial<User> = {}): User {
  return {
    id: randomUUID(),
    realmId: realm.id,
    version: 0,
    username: 'alice',
    email: 'alice@example.org',
    emailVerified: true,
    firstName: 'Alice',
    lastName: 'Adams',
    enabled: true,
    createdTimestamp: 1_700_000_000_000,
    notBefore: 0,
    attributes: {},
    requiredActions: [],
    ...overrides,
  };
}

export function roleFixture(realm: Realm, name: string, overrides: Partial<Role> = {}): Role {
  return { id: randomUUID(), realmId: realm.id, name, composite: false, attributes: {}, ...overrides };
}

export function sessionFixture(realm: Realm, user: User, overrides: Partial<UserSession> = {}): UserSession {
  return {
    id: randomBytes(18).toString('base64url'),
    realmId: realm.id,
    userId: user.id,
    loginUsername: user.username,
    ipAddress: '127.0.0.1',
    authMethod: 'openid-connect',
    rememberMe: false,
    started: 1_800_000_000,
    lastSessionRefresh: 1_800_000_000,
    state: 'LOGGED_IN',
    offline: false,
    notes: {},
    version: 0,
    ...overrides,
  };
}

export function clientSessionFixture(session: UserSession, client: Client, overrides: Partial<ClientSession> = {}): ClientSession {
  return {
    userSessionId: session.id,
    realmId: session.realmId,
    clientId: client.id,
    offline: session.offline,
    authMethod: 'openid-connect',
    started: session.started,
    timestamp: session.lastSessionRefresh,
    notes: {},
    version: 0,
    ...overrides,
  };
}

export function mapperFixture(protocolMapper: string, config: Record<string, string> = {}, name: string = protocolMapper): ProtocolMapper {
  return {
    id: randomUUID(),
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

export function clientScopeFixture(
  realm: Realm,
  name: string,
  protocolMappers: readonly ProtocolMapper[] = [],
  attributes: Record<string, string> = {},
): ClientScope {
  return {
    id: randomUUID(),
    realmId: realm.id,
    name,
    protocol: 'openid-connect',
    protocolMappers,
    attributes,
    realmDefault: 'default',
    other: {},
  };
}

let generated: Map<string, { privateKey: Uint8Array; publicKey: Uint8Array }> | undefined;

/** A realm key; key pairs are generated once a process and algorithm, secrets anew. */
export function realmKeyFixture(algorithm: string, overrides: Partial<RealmKey> = {}): RealmKey {
  const shared = { componentId: randomUUID(), name: algorithm, priority: 100, status: 'ACTIVE' as const, use: 'SIG' as const, algorithm };
  if (algorithm.startsWith('HS') || algorithm === 'AES') {
    const provider = algorithm === 'AES' ? 'aes-generated' : 'hmac-generated';
    return { ...shared, kid: randomUUID(), provider, secret: randomBytes(64), ...overrides };
  }
  const pair = keyPair(algorithm);
  const provider = algorithm.startsWith('ES') ? 'ecdsa-generated' : algorithm === 'EdDSA' ? 'eddsa-generated' : 'rsa-generated';
  const kid = createHash('sha256').update(pair.publicKey).update(algorithm).digest('base64url');
  return { ...shared, kid, provider, privateKey: pair.privateKey, publicKey: pair.publicKey, ...overrides };
}

function keyPair(algorithm: string): { privateKey: Uint8Array; publicKey: Uint8Array } {
  generated ??= new Map();
  const family = /^(RS|PS)/.test(algorithm) ? 'RSA' : algorithm;
  const known = generated.get(family);
  if (known) return known;
  const curves: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
  const pair =
    family === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : family === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: curves[family] ?? 'P-256' });
  const fresh = {
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }),
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }),
  };
  generated.set(family, fresh);
  return fresh;
}

/** An OpenID Connect provider `up`, with the settings that a login needs. */
export function identityProviderFixture(overrides: Partial<IdentityProvider> = {}): IdentityProvider {
  return {
    internalId: 'i',
    alias: 'up',
    providerId: 'oidc',
    enabled: true,
    trustEmail: false,
    storeToken: false,
    addReadTokenRoleOnCreate: false,
    authenticateByDefault: false,
    linkOnly: false,
    hideOnLogin: false,
    mappers: [],
    config: {
      authorizationUrl: 'https://up.example/auth',
      tokenUrl: 'https://up.example/token',
      clientId: 'me',
      issuer: 'https://up.example',
    },
    ...overrides,
  };
}
