import type { Client, ClientSession, Realm, User, UserSession } from '../model/index.ts';
import type { EncryptedKind } from './encryption.ts';

/** What the token endpoint answers (RFC 6749 section 5.1, plus Keycloak's own members). */
export interface TokenResponse {
  readonly access_token: string;
  readonly expires_in: number;
  readonly refresh_expires_in: number;
  readonly refresh_token?: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly id_token?: string;
  readonly 'not-before-policy': number;
  readonly session_state?: string;
  readonly scope: string;
}

/** Whom the tokens of an answer are bound to (`cnf`, RFC 7800). */
export interface Confirmation {
  /** `token_type` of the answer and `typ` of the access token. */
  readonly type: 'Bearer' | 'DPoP';
  readonly claim: Readonly<Record<string, string>>;
  /** Whether the refresh token is bound, too. */
  readonly bindsRefreshToken: boolean;
  /** What the refresh token is bound to where that is not the same. */
  readonly refreshClaim?: Readonly<Record<string, string>> | undefined;
}

/** Permissions that a token carries (`authorization`). */
export interface GrantedPermissions {
  /** Whose resources they are; the token is for it alone, with its scopes and mappers. Undefined: the token is as the client's others are. */
  readonly server?: Client | undefined;
  readonly list: readonly Readonly<object>[];
}

export interface IssueRequest {
  readonly realm: Realm;
  readonly client: Client;
  readonly user: User;
  /** Undefined for a client_credentials token without a session. */
  readonly session: UserSession | undefined;
  readonly clientSession: ClientSession | undefined;
  /** Requested scopes, space separated. */
  readonly scope: string;
  /** Frontend URL of the realm: `https://host/realms/name`. */
  readonly issuer: string;
  readonly grant:
    | 'authorization_code'
    | 'refresh_token'
    | 'password'
    | 'client_credentials'
    | 'implicit'
    | 'device_code'
    | 'uma_ticket'
    | 'token_exchange';
  /** The services (client ids) that the access token shall be for, and whose roles it may tell; undefined: as ever. */
  readonly audience?: readonly string[] | undefined;
  /** Makes an id token although the scope asks for none. */
  readonly idTokenAnyway?: boolean | undefined;
  readonly nonce?: string | undefined;
  /** Authorization code, for c_hash. */
  readonly code?: string | undefined;
  /** `state` of the authorization request, for s_hash (implicit and hybrid flows). */
  readonly state?: string | undefined;
  /** False where the access token is not in the same answer as the id token, which then has no at_hash. */
  readonly accessTokenHash?: boolean | undefined;
  readonly authTime?: number | undefined;
  /** False: no refresh token (client_credentials). */
  readonly refreshToken: boolean;
  /** `jti` that the refresh token shall have (rotation writes it down before the token exists); a fresh one where absent. */
  readonly refreshTokenId?: string | undefined;
  /** `reuse_id` that a rotated refresh token carries on. */
  readonly reuseId?: string | undefined;
  /** Scope that the refresh token carries on where the access token was asked for with less. */
  readonly refreshScope?: string | undefined;
  /** Undefined: bearer tokens, good for whoever has them. */
  readonly confirmation?: Confirmation | undefined;
  /** Makes a requesting party token (UMA 2.0): what was granted, of which resource server. */
  readonly permissions?: GrantedPermissions | undefined;
  /** Notes of the session that a service account has only while its token is made (client_id, clientHost, clientAddress). */
  readonly transientNotes?: Readonly<Record<string, string>> | undefined;
}

/** Claims of a verified token; unknown claims are kept. */
export interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly exp?: number;
  readonly iat?: number;
  readonly jti?: string;
  readonly typ?: string;
  readonly azp?: string;
  readonly sid?: string;
  readonly scope?: string;
  readonly nonce?: string;
  readonly [claim: string]: unknown;
}

/** Why a token was refused; `reason` is Keycloak's `error_description`. */
export interface TokenRefusal {
  readonly ok: false;
  readonly reason: string;
  /** Of a token that this realm signed and whose time it is, refused for what it stands for; for events. */
  readonly claims?: Claims | undefined;
}

export type TokenVerdict = { readonly ok: true; readonly claims: Claims } | TokenRefusal;

/** An access token that is valid here and now: signature, issuer, time, not-before, revocation, session, user and client all checked. */
export interface Bearer {
  readonly claims: Claims;
  readonly client: Client;
  readonly user: User;
  readonly session: UserSession | undefined;
  readonly clientSession: ClientSession | undefined;
}

/** A refresh or offline token that is valid here and now, with what it stands for. */
export interface RefreshGrant {
  readonly ok: true;
  readonly claims: Claims;
  readonly user: User;
  readonly session: UserSession;
  readonly clientSession: ClientSession;
}

/** For whom `Tokens.claims` collects claims. */
export interface ClaimsRequest {
  readonly realm: Realm;
  readonly client: Client;
  readonly user: User;
  readonly session: UserSession | undefined;
  readonly clientSession: ClientSession | undefined;
  readonly scope: string;
}

export interface Tokens {
  /** Whether the client may ask for this scope (space separated, may be empty). */
  isValidScope(realm: Realm, client: Client, scope: string): Promise<boolean>;
  /** Whether the user may have an offline token of this client: the scope is the client's, and the user has the role that it wants. */
  mayGoOffline(realm: Realm, client: Client, user: User): Promise<boolean>;
  issue(request: IssueRequest): Promise<TokenResponse>;
  /**
   * Signature, `typ`, issuer, `exp`, `nbf`; no session check. `ignoreExpiry` accepts a token that was good once: the id_token_hint
   * of a logout (OpenID Connect RP-Initiated Logout 1.0 section 2).
   */
  verify(
    realm: Realm,
    issuer: string,
    token: string,
    expectedType: string | undefined,
    options?: { readonly ignoreExpiry?: boolean },
  ): Promise<TokenVerdict>;
  /** The full check of a bearer token. */
  bearer(realm: Realm, issuer: string, token: string): Promise<{ readonly ok: true; readonly bearer: Bearer } | TokenRefusal>;
  /** Every check of a refresh token that changes nothing: signature, time, client, session, user, not-before. Rotation is `rotate` in refresh-token.ts. */
  refreshToken(realm: Realm, issuer: string, client: Client, token: string): Promise<RefreshGrant | TokenRefusal>;
  /** Runs the protocol mappers for userinfo or introspection over `base`. */
  claims(target: 'userinfo' | 'introspection', request: ClaimsRequest, base: Claims): Promise<Claims>;
  /** Signs a document for a client with a key of the realm (userinfo as a JWT, logout tokens). */
  sign(realm: Realm, algorithm: string, claims: Claims, typ?: string): Promise<string>;
  /** Encrypts a document to a client's key, as the client wants it. @throws ReplyError where the client has no key. */
  encryptFor(client: Client, kind: EncryptedKind, text: string, isJwt: boolean): Promise<string>;
  /** HS512 with the realm's internal key: identity cookie, action tokens, refresh tokens. */
  signInternal(realm: Realm, claims: Claims): Promise<string>;
  verifyInternal(realm: Realm, token: string, expectedType: string): Promise<TokenVerdict>;
  /** Encrypts for this server alone: the restart cookie. */
  seal(realm: Realm, claims: Claims): Promise<string>;
  unseal(realm: Realm, sealed: string, expectedType: string): Promise<TokenVerdict>;
  /** `<id>.<signature>`, which AUTH_SESSION_ID carries in base64url, and its constant-time check (undefined = not ours). */
  signSessionId(realm: Realm, id: string): Promise<string>;
  verifySessionId(realm: Realm, signed: string): Promise<string | undefined>;
}
