import type { Client, ClientScope, Group, Realm, RealmKey, Role } from '../model/index.ts';
import type { WholeUser } from '../store/stores.ts';
import type { Representation } from './fields.ts';

/** A user with everything that hangs on it. */
export type PlannedUser = WholeUser;

/**
 * A whole realm, worked out and checked, with all ids, keys and password hashes made: storing it awaits nothing but SQL.
 * Ids of roles, groups and scopes refer to objects of the same plan.
 */
export interface RealmPlan {
  readonly realm: Realm;
  readonly keys: readonly RealmKey[];
  readonly clientScopes: readonly ClientScope[];
  readonly clients: readonly Client[];
  /** Client UUID -> authorizationSettings. */
  readonly authorizationSettings: ReadonlyMap<string, Representation>;
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
  /** Users that lie in files, worked out as they are stored: some at a time, each of them judged before. */
  readonly furtherUsers?: (() => AsyncIterable<readonly PlannedUser[]>) | undefined;
}
