/** A user session: one browser (or one offline grant) of one user. Times are epoch seconds. */
export interface UserSession {
  /** 24 characters of base64url; equals the root authentication session that created it. */
  readonly id: string;
  readonly realmId: string;
  readonly userId: string;
  readonly loginUsername: string;
  readonly ipAddress: string;
  /** `openid-connect`, `saml`, … */
  readonly authMethod: string;
  readonly rememberMe: boolean;
  readonly started: number;
  /** Monotonic: a write of an older value is a no-op. */
  readonly lastSessionRefresh: number;
  readonly state: 'LOGGED_IN' | 'LOGGING_OUT' | 'LOGGED_OUT';
  readonly brokerSessionId?: string | undefined;
  readonly brokerUserId?: string | undefined;
  readonly offline: boolean;
  readonly notes: Readonly<Record<string, string>>;
  /** Optimistic version of the database row. */
  readonly version: number;
}

/** What one client knows of a user session. Key: (user session id, client UUID, offline). */
export interface ClientSession {
  readonly userSessionId: string;
  readonly realmId: string;
  /** UUID of the client. */
  readonly clientId: string;
  readonly offline: boolean;
  readonly authMethod: string;
  readonly redirectUri?: string | undefined;
  /** Epoch seconds when this client joined the session. */
  readonly started: number;
  /** Epoch seconds of the last refresh. */
  readonly timestamp: number;
  /** Protocol notes (scope, nonce, iss, …) and refresh-token bookkeeping. */
  readonly notes: Readonly<Record<string, string>>;
  readonly version: number;
}

/** A root authentication session: one browser on its way to a login, with a tab for each window. */
export interface RootAuthenticationSession {
  readonly id: string;
  readonly realmId: string;
  /** Epoch seconds. */
  readonly timestamp: number;
  readonly tabs: Readonly<Record<string, AuthenticationTab>>;
}

/** One tab of a root authentication session (Keycloak: AuthenticationSessionModel). */
export interface AuthenticationTab {
  readonly tabId: string;
  /** UUID of the client. */
  readonly clientId: string;
  readonly userId?: string | undefined;
  readonly redirectUri: string;
  /** `AUTHENTICATE`, `LOGGING_OUT`, … */
  readonly action: string;
  readonly protocol: string;
  /** Execution id -> SUCCESS, CHALLENGED, ATTEMPTED, … */
  readonly executionStatus: Readonly<Record<string, string>>;
  readonly requiredActions: readonly string[];
  /** Protocol request: scope, state, nonce, response_mode, code_challenge, … */
  readonly clientNotes: Readonly<Record<string, string>>;
  readonly authNotes: Readonly<Record<string, string>>;
  readonly userSessionNotes: Readonly<Record<string, string>>;
  readonly clientScopes: readonly string[];
  /** Epoch seconds. */
  readonly timestamp: number;
}

/** Brute-force bookkeeping of one user. */
export interface LoginFailure {
  readonly realmId: string;
  readonly userId: string;
  /** Epoch seconds; logins before are refused. */
  readonly failedLoginNotBefore: number;
  readonly numFailures: number;
  readonly numTemporaryLockouts: number;
  readonly numSecondaryAuthFailures: number;
  /** Epoch milliseconds. */
  readonly lastFailure: number;
  readonly lastIPFailure: string;
  /** Tries whose outcome is not known yet; oldest first. */
  readonly pending?: readonly PendingTry[] | undefined;
}

/** A password that is being checked somewhere. */
export interface PendingTry {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly begunMs: number;
  readonly ipAddress: string;
}
