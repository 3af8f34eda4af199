import type { Client, ClientScope, Credential, Group, Realm, RealmKey, Role, User } from '../model/index.ts';

/** A user with everything that hangs on it. */
export interface PlannedUser {
  readonly user: User;
  readonly credentials: readonly Credential[];
  readonly roleIds: readonly string[];
  readonly groupIds: readonly string[];
}

/**
 * A whole realm, worked out and checked, with all ids, keys and password hashes made: storing it awaits nothing but SQL.
 * Ids of roles, groups and scopes refer to objects of the same plan.
 */
export interface RealmPlan {
  readonly realm: Realm;
  readonly keys: readonly RealmKey[];
  readonly clientScopes: readonly ClientScope[];
  readonly clients: readonly Client[];
  readonly roles: readonly Role[];
  /** Role id -> role ids. */
  readonly composites: ReadonlyMap<string, readonly string[]>;
  /** Client UUID -> role ids. */
  readonly clientMappings: ReadonlyMap<string, readonly string[]>;
  /** Client scope id -> role ids. */
  readonly scopeMappings: ReadonlyMap<string, readonly string[]>;
  /** Parents before their children. */
  readonly groups: readonly Group[];
  /** Group id -> role ids. */
  readonly groupRoles: ReadonlyMap<string, readonly string[]>;
  readonly users: readonly PlannedUser[];
}
