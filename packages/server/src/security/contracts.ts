import type { Client, Credential, Realm, User } from '../model/index.ts';

/** Stored passwords of users. */
export interface Passwords {
  /** Hashes with the realm's policy (default Argon2id 7168 KiB, 5 iterations, parallelism 1) and stores it, replacing the old one. */
  set(realm: Realm, user: User, password: string): Promise<void>;
  /** Undefined = fine, else Keycloak's message key and parameters (`invalidPasswordMinLengthMessage`). */
  violates(
    realm: Realm,
    user: User,
    password: string,
  ): Promise<{ readonly message: string; readonly parameters: readonly string[] } | undefined>;
  /** @param credentials reads those of the user where the caller has read them already, or needs them afterwards */
  verify(realm: Realm, user: User, password: string, credentials?: () => Promise<readonly Credential[]>): Promise<boolean>;
}

/** What a client proved about itself at the token endpoint. */
export interface AuthenticatedClient {
  readonly client: Client;
  readonly method: string;
}
