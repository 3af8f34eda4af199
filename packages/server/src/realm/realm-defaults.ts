import type { Realm } from '../model/index.ts';
import type { Representation } from './fields.ts';

/** Name of the realm that administers all others. */
export const masterRealm = 'master';

/** Values of a realm whose representation does not speak of them (Keycloak 26.7). */
export const realmNumbers = {
  notBefore: 0,
  refreshTokenMaxReuse: 0,
  accessTokenLifespan: 300,
  accessTokenLifespanForImplicitFlow: 900,
  ssoSessionIdleTimeout: 1_800,
  ssoSessionMaxLifespan: 36_000,
  ssoSessionIdleTimeoutRememberMe: 0,
  ssoSessionMaxLifespanRememberMe: 0,
  offlineSessionIdleTimeout: 2_592_000,
  offlineSessionMaxLifespan: 5_184_000,
  clientSessionIdleTimeout: 0,
  clientSessionMaxLifespan: 0,
  clientOfflineSessionIdleTimeout: 0,
  clientOfflineSessionMaxLifespan: 0,
  accessCodeLifespan: 60,
  accessCodeLifespanUserAction: 300,
  accessCodeLifespanLogin: 1_800,
  actionTokenGeneratedByAdminLifespan: 43_200,
  actionTokenGeneratedByUserLifespan: 300,
  maxTemporaryLockouts: 0,
  maxFailureWaitSeconds: 900,
  minimumQuickLoginWaitSeconds: 60,
  waitIncrementSeconds: 60,
  quickLoginCheckMilliSeconds: 1_000,
  maxDeltaTimeSeconds: 43_200,
  failureFactor: 30,
} as const satisfies Partial<Realm>;

export const realmFlags = {
  enabled: false,
  revokeRefreshToken: false,
  offlineSessionMaxLifespanEnabled: false,
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
  internationalizationEnabled: false,
  eventsEnabled: false,
  adminEventsEnabled: false,
} as const satisfies Partial<Realm>;

export const browserSecurityHeaders = {
  contentSecurityPolicyReportOnly: '',
  xContentTypeOptions: 'nosniff',
  referrerPolicy: 'no-referrer',
  xRobotsTag: 'none',
  xFrameOptions: 'SAMEORIGIN',
  contentSecurityPolicy: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
  strictTransportSecurity: 'max-age=31536000; includeSubDomains',
} as const;

export const realmAttributes = {
  cibaBackchannelTokenDeliveryMode: 'poll',
  cibaExpiresIn: '120',
  cibaAuthRequestedUserHint: 'login_hint',
  oauth2DeviceCodeLifespan: '600',
  oauth2DevicePollingInterval: '5',
  parRequestUriLifespan: '60',
  cibaInterval: '5',
  realmReusableOtpCode: 'false',
} as const;

const webAuthnPolicy = {
  RpEntityName: 'keycloak',
  SignatureAlgorithms: ['ES256', 'RS256'],
  RpId: '',
  AttestationConveyancePreference: 'not specified',
  AuthenticatorAttachment: 'not specified',
  RequireResidentKey: 'not specified',
  ResidentKey: 'not specified',
  UserVerificationRequirement: 'not specified',
  CreateTimeout: 0,
  AvoidSameAuthenticatorRegister: false,
  AcceptableAaguids: [],
  ExtraOrigins: [],
} as const;

/** Fields that the server keeps and shows but does not act on yet. */
export const otherRealmFields: Representation = {
  oauth2DeviceCodeLifespan: 600,
  oauth2DevicePollingInterval: 5,
  maxSecondaryAuthFailures: 0,
  requiredCredentials: ['password'],
  otpPolicyType: 'totp',
  otpPolicyAlgorithm: 'HmacSHA1',
  otpPolicyInitialCounter: 0,
  otpPolicyDigits: 6,
  otpPolicyLookAheadWindow: 1,
  otpPolicyPeriod: 30,
  otpPolicyCodeReusable: false,
  otpSupportedApplications: ['totpAppFreeOTPName', 'totpAppGoogleName', 'totpAppMicrosoftAuthenticatorName'],
  localizationTexts: {},
  ...prefixed('webAuthnPolicy', webAuthnPolicy),
  ...prefixed('webAuthnPolicyPasswordless', { ...webAuthnPolicy, ResidentKey: 'required', UserVerificationRequirement: 'required' }),
  eventsListeners: ['jboss-logging'],
  enabledEventTypes: [],
  adminEventsDetailsEnabled: false,
  identityProviders: [],
  identityProviderMappers: [],
  browserFlow: 'browser',
  registrationFlow: 'registration',
  directGrantFlow: 'direct grant',
  resetCredentialsFlow: 'reset credentials',
  clientAuthenticationFlow: 'clients',
  dockerAuthenticationFlow: 'docker auth',
  firstBrokerLoginFlow: 'first broker login',
  userManagedAccessAllowed: false,
  organizationsEnabled: false,
  verifiableCredentialsEnabled: false,
  adminPermissionsEnabled: false,
  scimApiEnabled: false,
  clientProfiles: { profiles: [] },
  clientPolicies: { policies: [] },
};

/** What the master realm says of itself when it is made. */
export const masterRepresentation: Representation = {
  realm: masterRealm,
  enabled: true,
  displayName: 'Keygrid',
  displayNameHtml: '<div class="kc-logo-text"><span>Keygrid</span></div>',
  accessTokenLifespan: 60,
};

function prefixed(prefix: string, fields: Readonly<Record<string, unknown>>): Representation {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}${name}`, value]));
}
