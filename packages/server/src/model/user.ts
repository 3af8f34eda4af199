/** A user of a realm. Usernames and e-mail addresses are kept in lower case, as Keycloak keeps them. */
export interface User {
  readonly id: string;
  readonly realmId: string;
  readonly version: number;
  readonly username: string;
  readonly email?: string | undefined;
  readonly emailVerified: boolean;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly enabled: boolean;
  /** Epoch milliseconds. */
  readonly createdTimestamp: number;
  /** Epoch seconds; tokens issued before are refused. */
  readonly notBefore: number;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly requiredActions: readonly string[];
  /** UUID of the client whose service account this user is. */
  readonly serviceAccountClientLink?: string | undefined;
  readonly federationLink?: string | undefined;
}

/** One credential of a user, in Keycloak's stored shape (`secretData` and `credentialData` are JSON texts). */
export interface Credential {
  readonly id: string;
  readonly userId: string;
  /** `password`, `otp`, `webauthn`, … */
  readonly type: string;
  readonly userLabel?: string | undefined;
  /** Epoch milliseconds. */
  readonly createdDate: number;
  /** `{"value":"<base64 hash>","salt":"<base64>","additionalParameters":{}}`. Never logged. */
  readonly secretData: string;
  /** `{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}`. */
  readonly credentialData: string;
  readonly priority: number;
  readonly version: number;
}

/** What a user may do: direct role ids, and the ids of the groups that add theirs. */
export interface UserGrants {
  readonly roleIds: readonly string[];
  readonly groupIds: readonly string[];
}
