import type { RealmAuthentication } from './authentication.ts';
import type { IdentityProvider } from './identity-provider.ts';

/**
 * A realm as the server holds it: Keycloak's RealmRepresentation with every default made explicit.
 * Durations are whole seconds unless the name says otherwise, names are Keycloak's. Values are frozen once cached.
 */
export interface Realm {
  readonly id: string;
  readonly realm: string;
  /** Bumped by every write of the row; guards concurrent writers. */
  readonly version: number;
  readonly enabled: boolean;
  readonly displayName?: string | undefined;
  readonly displayNameHtml?: string | undefined;
  readonly sslRequired: 'none' | 'external' | 'all';
  readonly notBefore: number;
  readonly defaultSignatureAlgorithm: string;
  readonly revokeRefreshToken: boolean;
  readonly refreshTokenMaxReuse: number;
  readonly accessTokenLifespan: number;
  readonly accessTokenLifespanForImplicitFlow: number;
  readonly ssoSessionIdleTimeout: number;
  readonly ssoSessionMaxLifespan: number;
  readonly ssoSessionIdleTimeoutRememberMe: number;
  readonly ssoSessionMaxLifespanRememberMe: number;
  readonly offlineSessionIdleTimeout: number;
  readonly offlineSessionMaxLifespanEnabled: boolean;
  readonly offlineSessionMaxLifespan: number;
  readonly clientSessionIdleTimeout: number;
  readonly clientSessionMaxLifespan: number;
  readonly clientOfflineSessionIdleTimeout: number;
  readonly clientOfflineSessionMaxLifespan: number;
  readonly accessCodeLifespan: number;
  readonly accessCodeLifespanUserAction: number;
  readonly accessCodeLifespanLogin: number;
  readonly actionTokenGeneratedByAdminLifespan: number;
  readonly actionTokenGeneratedByUserLifespan: number;
  readonly registrationAllowed: boolean;
  readonly registrationEmailAsUsername: boolean;
  readonly rememberMe: boolean;
  readonly verifyEmail: boolean;
  readonly loginWithEmailAllowed: boolean;
  readonly duplicateEmailsAllowed: boolean;
  readonly resetPasswordAllowed: boolean;
  readonly editUsernameAllowed: boolean;
  readonly bruteForceProtected: boolean;
  readonly permanentLockout: boolean;
  readonly maxTemporaryLockouts: number;
  readonly bruteForceStrategy: 'MULTIPLE' | 'LINEAR';
  readonly maxFailureWaitSeconds: number;
  readonly minimumQuickLoginWaitSeconds: number;
  readonly waitIncrementSeconds: number;
  readonly quickLoginCheckMilliSeconds: number;
  readonly maxDeltaTimeSeconds: number;
  readonly failureFactor: number;
  /** Keycloak's policy string, e.g. `length(8) and notUsername`; empty = no policy. */
  readonly passwordPolicy: string;
  readonly defaultRole: RoleReference;
  readonly browserSecurityHeaders: Readonly<Record<string, string>>;
  readonly smtpServer: Readonly<Record<string, string>>;
  readonly loginTheme?: string | undefined;
  readonly internationalizationEnabled: boolean;
  readonly supportedLocales: readonly string[];
  readonly defaultLocale?: string | undefined;
  readonly eventsEnabled: boolean;
  readonly adminEventsEnabled: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent = what every realm begins with; see `realm/realm-authentication.ts`. */
  readonly authentication?: RealmAuthentication | undefined;
  /** Outside providers of identities; absent = none. Holds client secrets: never logged, and shown masked. */
  readonly identityProviders?: readonly IdentityProvider[] | undefined;
  /** Fields of the representation that the server does not interpret yet; kept so that a round trip loses nothing. */
  readonly other: Readonly<Record<string, unknown>>;
}

/** How other objects point at a role. */
export interface RoleReference {
  readonly id: string;
  readonly name: string;
}

/** A realm's signing, encryption or HMAC key; Keycloak keeps these as components of type KeyProvider. */
export interface RealmKey {
  readonly kid: string;
  /** Component id, Keycloak's `providerId` in the keys list. */
  readonly componentId: string;
  readonly name: string;
  /** `rsa-generated`, `hmac-generated`, `aes-generated`, `ecdsa-generated`, `eddsa-generated`, `rsa-enc-generated`, `rsa`. */
  readonly provider: string;
  readonly priority: number;
  /** ACTIVE signs and verifies, PASSIVE verifies only, DISABLED does neither. */
  readonly status: 'ACTIVE' | 'PASSIVE' | 'DISABLED';
  readonly use: 'SIG' | 'ENC';
  /** JWS or JWE algorithm: RS256, PS256, ES256, EdDSA, HS512, RSA-OAEP, AES. */
  readonly algorithm: string;
  /** PKCS#8 DER (asymmetric), absent for symmetric keys. Never logged, never sent. */
  readonly privateKey?: Uint8Array | undefined;
  /** SPKI DER. */
  readonly publicKey?: Uint8Array | undefined;
  /** DER of the self-signed certificate. */
  readonly certificate?: Uint8Array | undefined;
  /** Raw secret of HMAC and AES keys. Never logged, never sent. */
  readonly secret?: Uint8Array | undefined;
  /** The component's settings as an administrator gave them, without key material; absent where they follow from the key. */
  readonly config?: Readonly<Record<string, readonly string[]>> | undefined;
}
