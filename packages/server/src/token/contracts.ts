import type { Client, ClientSession, Realm, User, UserSession } from '../model/index.ts';

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
  readonly grant: 'authorization_code' | 'refresh_token' | 'password' | 'client_credentials' | 'implicit';
  readonly nonce?: string | undefined;
  /** Authorization code, for c_hash. */
  readonly code?: string | undefined;
  readonly authTime?: number | undefined;
  /** False: no refresh token (client_credentials). */
  readonly refreshToken: boolean;
  /** jti, iat and reuse bookkeeping that a rotated refresh token carries on. */
  readonly refreshTokenId?: string | undefined;
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
}

export type TokenVerdict = { readonly ok: true; readonly claims: Claims } | TokenRefusal;

/** An access token that is valid here and now: signature, issuer, time, not-before, revocation, session, user and client all checked. */
export interface Bearer {
  readonly claims: Claims;
  readonly client: Client;
  readonly user: User;
  readonly session: UserSession | undefined;
}

export interface Tokens {
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
  /** HS512 with the realm's internal key: identity cookie, restart cookie, action tokens, refresh tokens. */
  signInternal(realm: Realm, claims: Claims): Promise<string>;
  verifyInternal(realm: Realm, token: string, expectedType: string): Promise<TokenVerdict>;
  /** `base64url(id.signature)`, the AUTH_SESSION_ID cookie without its route, and its constant-time check (undefined = not ours). */
  signSessionId(realm: Realm, id: string): Promise<string>;
  verifySessionId(realm: Realm, signed: string): Promise<string | undefined>;
}
