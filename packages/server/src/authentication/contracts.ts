import type { Realm, User } from '../model/index.ts';

/** Outcome of a check of user name and password (direct grant, and one step of the browser flow). */
export type PasswordVerdict =
  | ({ readonly kind: 'ok'; readonly user: User } & SeenFactors)
  /** Unknown user, wrong password, or locked by brute-force protection: the same to the outside. */
  | {
      readonly kind: 'invalid';
      readonly user: User | undefined;
      readonly event: 'user_not_found' | 'invalid_user_credentials' | 'user_temporarily_disabled' | 'user_disabled';
    }
  | { readonly kind: 'disabled'; readonly user: User }
  /** Correct, but required actions stand open ("Account is not fully set up" on the direct grant). */
  | ({ readonly kind: 'action-required'; readonly user: User; readonly actions: readonly string[] } & SeenFactors);

/** What the check of the password saw besides: the flow that goes on needs no second read of the user's credentials. */
export interface SeenFactors {
  /** Types of second factors that the user has set up; absent where nobody looked. */
  readonly secondFactors?: ReadonlySet<string> | undefined;
}

export interface PasswordLogin {
  /** Counts failures and clears them on success by the realm's brute-force rules. Throws `HashingOverloadError` (503) when the hash queue is full. */
  check(realm: Realm, usernameOrEmail: string, password: string, ipAddress: string): Promise<PasswordVerdict>;
  /** Counts a look at a second factor as `check` counts passwords. */
  checkCode(realm: Realm, user: User, ipAddress: string, verify: () => Promise<boolean>): Promise<'right' | 'wrong' | 'locked'>;
}

export type { AuthenticatedClient, Passwords } from '../security/contracts.ts';
