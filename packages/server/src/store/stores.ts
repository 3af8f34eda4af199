import type {
  Client,
  ClientScope,
  ClientSession,
  Credential,
  Group,
  Realm,
  RealmKey,
  Role,
  User,
  UserGrants,
  UserSession,
} from '../model/index.ts';

/**
 * The repositories over one connection or one transaction. All methods are single parameterised statements (a few: two);
 * none waits for anything but SQL, so that a frozen node never holds a lock for long.
 * Guarded writes throw `ServerError` KG_STORE_CONFLICT where the version moved on, creators KG_STORE_DUPLICATE on a taken name.
 */
export interface Stores {
  readonly realms: RealmStore;
  readonly keys: RealmKeyStore;
  readonly clients: ClientStore;
  readonly clientScopes: ClientScopeStore;
  readonly roles: RoleStore;
  readonly groups: GroupStore;
  readonly users: UserStore;
  readonly credentials: CredentialStore;
  readonly sessions: SessionStore;
  readonly revokedTokens: RevokedTokenStore;
  readonly serverConfig: ServerConfigStore;
  readonly outbox: OutboxStore;
  readonly jgroupsPing: JgroupsPingStore;
}

/** The whole database as the upper floors see it. */
export interface Storage {
  /** Autocommitted statements on the pool. */
  readonly stores: Stores;
  /** Runs `work` in one transaction; `work` may await only calls on the stores it is given. */
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Page {
  readonly first?: number | undefined;
  readonly max?: number | undefined;
}

export interface RealmStore {
  byId(id: string): Promise<Realm | undefined>;
  byName(name: string): Promise<Realm | undefined>;
  list(): Promise<Realm[]>;
  insert(realm: Realm): Promise<void>;
  /** Guarded by `realm.version`; the stored version becomes one more. */
  update(realm: Realm): Promise<Realm>;
  /** Removes the realm with everything in it. False if it was not there. */
  remove(id: string): Promise<boolean>;
}

export interface RealmKeyStore {
  ofRealm(realmId: string): Promise<RealmKey[]>;
  insert(realmId: string, key: RealmKey): Promise<void>;
  update(realmId: string, key: RealmKey): Promise<void>;
  remove(realmId: string, componentId: string): Promise<boolean>;
}

export interface ClientStore {
  byId(realmId: string, id: string): Promise<Client | undefined>;
  byClientId(realmId: string, clientId: string): Promise<Client | undefined>;
  /** `search` true: `clientId` is matched as a substring, ignoring case. Ordered by clientId. */
  list(realmId: string, query?: Page & { clientId?: string | undefined; search?: boolean | undefined }): Promise<Client[]>;
  insert(client: Client): Promise<void>;
  update(client: Client): Promise<Client>;
  remove(realmId: string, id: string): Promise<boolean>;
  /** Role ids that the client may put into tokens when `fullScopeAllowed` is false. */
  scopeMappings(id: string): Promise<string[]>;
  addScopeMappings(id: string, roleIds: readonly string[]): Promise<void>;
  removeScopeMappings(id: string, roleIds: readonly string[]): Promise<void>;
}

export interface ClientScopeStore {
  ofRealm(realmId: string): Promise<ClientScope[]>;
  insert(scope: ClientScope): Promise<void>;
  update(scope: ClientScope): Promise<void>;
  remove(realmId: string, id: string): Promise<boolean>;
  scopeMappings(id: string): Promise<string[]>;
  addScopeMappings(id: string, roleIds: readonly string[]): Promise<void>;
  removeScopeMappings(id: string, roleIds: readonly string[]): Promise<void>;
}

export interface RoleStore {
  byId(realmId: string, id: string): Promise<Role | undefined>;
  byIds(realmId: string, ids: readonly string[]): Promise<Role[]>;
  /** `clientId` undefined = realm roles. */
  byName(realmId: string, clientId: string | undefined, name: string): Promise<Role | undefined>;
  list(realmId: string, clientId: string | undefined, query?: Page & { search?: string | undefined }): Promise<Role[]>;
  insert(role: Role): Promise<void>;
  update(role: Role): Promise<void>;
  remove(realmId: string, id: string): Promise<boolean>;
  /** Direct children of a composite role. */
  composites(id: string): Promise<string[]>;
  addComposites(id: string, children: readonly string[]): Promise<void>;
  removeComposites(id: string, children: readonly string[]): Promise<void>;
}

export interface GroupStore {
  byId(realmId: string, id: string): Promise<Group | undefined>;
  list(realmId: string, query?: Page & { parentId?: string | null | undefined; search?: string | undefined }): Promise<Group[]>;
  insert(group: Group): Promise<void>;
  update(group: Group): Promise<void>;
  remove(realmId: string, id: string): Promise<boolean>;
  roleIds(id: string): Promise<string[]>;
  addRoles(id: string, roleIds: readonly string[]): Promise<void>;
  removeRoles(id: string, roleIds: readonly string[]): Promise<void>;
}

export interface UserQuery extends Page {
  readonly search?: string | undefined;
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly exact?: boolean | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

export interface UserStore {
  byId(realmId: string, id: string): Promise<User | undefined>;
  byUsername(realmId: string, username: string): Promise<User | undefined>;
  byEmail(realmId: string, email: string): Promise<User | undefined>;
  byServiceAccount(realmId: string, clientUuid: string): Promise<User | undefined>;
  /** Service accounts are left out, as in Keycloak's user list. Ordered by username. */
  list(realmId: string, query: UserQuery): Promise<User[]>;
  count(realmId: string, query: UserQuery): Promise<number>;
  insert(user: User): Promise<void>;
  update(user: User): Promise<User>;
  remove(realmId: string, id: string): Promise<boolean>;
  grants(userId: string): Promise<UserGrants>;
  addRoles(userId: string, roleIds: readonly string[]): Promise<void>;
  removeRoles(userId: string, roleIds: readonly string[]): Promise<void>;
  joinGroup(userId: string, groupId: string): Promise<void>;
  leaveGroup(userId: string, groupId: string): Promise<void>;
  withRole(realmId: string, roleId: string, page: Page): Promise<User[]>;
  inGroup(realmId: string, groupId: string, page: Page): Promise<User[]>;
}

export interface CredentialStore {
  ofUser(userId: string): Promise<Credential[]>;
  insert(credential: Credential): Promise<void>;
  /** Guarded by `credential.version`. */
  update(credential: Credential): Promise<Credential>;
  remove(userId: string, id: string): Promise<boolean>;
}

/** A user session with its client sessions, as one read gives them. */
export interface SessionRow {
  readonly session: UserSession;
  readonly clients: readonly ClientSession[];
}

/**
 * One change of the group-commit writer; all changes of a flush go out as one statement or one pipelined flush ending in COMMIT.
 * A flush holds at most one change of each row (the writer merges them), so that one statement may carry them all.
 * - insert-session: 'conflict' where the key is taken. The stored version is that of the object given (0).
 * - update-session: guarded by `session.version`; the stored version becomes one more. `last_session_refresh` never moves back.
 * - touch-session: sets `last_session_refresh` to the greater of the stored and the given value, whatever the version, and leaves the version.
 * - remove-session: the client sessions go with it.
 * - put-client: version 0 = insert ('conflict' where the row exists, 'missing' where its user session does not, neither stored nor in this
 *   flush), version n >= 1 = update guarded by it. The stored version becomes one more than the object's, also after an insert (1).
 * 'missing' = the row that should change is not there.
 */
export type SessionChange =
  | { readonly kind: 'insert-session'; readonly session: UserSession }
  | {
      readonly kind: 'touch-session';
      readonly realmId: string;
      readonly id: string;
      readonly offline: boolean;
      readonly lastSessionRefresh: number;
    }
  | { readonly kind: 'update-session'; readonly session: UserSession }
  | { readonly kind: 'remove-session'; readonly realmId: string; readonly id: string; readonly offline: boolean }
  | { readonly kind: 'put-client'; readonly client: ClientSession }
  | {
      readonly kind: 'remove-client';
      readonly realmId: string;
      readonly userSessionId: string;
      readonly clientId: string;
      readonly offline: boolean;
    };

/** What became of one change of a flush; a failed row does not fail its neighbours. */
export type SessionChangeResult = 'applied' | 'conflict' | 'missing';

export interface SessionStore {
  load(realmId: string, id: string, offline: boolean): Promise<SessionRow | undefined>;
  /** Rows are sorted by key inside; one round trip, one commit. Results stand in the order of `changes`. */
  flush(changes: readonly SessionChange[]): Promise<SessionChangeResult[]>;
  ofUser(realmId: string, userId: string, offline: boolean): Promise<SessionRow[]>;
  ofClient(realmId: string, clientUuid: string, offline: boolean, page: Page): Promise<SessionRow[]>;
  /** Client UUID -> number of sessions. */
  countByClient(realmId: string, offline: boolean): Promise<Map<string, number>>;
  removeOfRealm(realmId: string): Promise<number>;
  removeOfUser(realmId: string, userId: string): Promise<string[]>;
  /** Removes at most `limit` rows whose last refresh or start lies before the bounds (epoch seconds); returns their ids. */
  sweep(
    realmId: string,
    bounds: { offline: boolean; rememberMe: boolean; idleBefore: number; startedBefore: number },
    limit: number,
  ): Promise<{ id: string; userId: string }[]>;
}

export interface RevokedTokenStore {
  insert(id: string, expireSeconds: number): Promise<void>;
  /** Whether the token is revoked and not yet expired. */
  has(id: string, nowSeconds: number): Promise<boolean>;
  /** Not yet expired. */
  list(nowSeconds: number): Promise<{ id: string; expire: number }[]>;
  removeExpired(nowSeconds: number): Promise<number>;
}

/** Table SERVER_CONFIG: one text value per key with a version for compare-and-set. */
export interface ServerConfigStore {
  get(key: string): Promise<{ value: string; version: number } | undefined>;
  /** False where the key exists. */
  insert(key: string, value: string): Promise<boolean>;
  /** False where the version moved on. */
  replace(key: string, value: string, version: number): Promise<boolean>;
  /** False where the version moved on or the key is gone. */
  remove(key: string, version: number): Promise<boolean>;
}

/** Changes that every member must hear of (grid design: L4). Rows live a few minutes. */
export interface OutboxStore {
  append(keys: readonly string[]): Promise<void>;
  /**
   * What was committed from `position` on; `next` is where to go on (the snapshot's xmin, so that none is skipped; some may come twice).
   * `overflow`: too many keys to name, so that none stands here and everything is to be dropped.
   */
  after(position: string): Promise<{ keys: string[]; next: string; overflow?: boolean }>;
  /** The position that sees only what comes from now on. */
  head(): Promise<string>;
  removeOlderThan(ageSeconds: number): Promise<number>;
}

/** A row of table JGROUPS_PING, in Keycloak's shape, for operators and scripts that look there; the membership itself lives elsewhere. */
export interface JgroupsPingRow {
  readonly address: string;
  readonly name: string;
  readonly ip: string;
  readonly coord: boolean;
  /** Address of the coordinator that the member follows. */
  readonly coordinatedBy: string;
  /** Epoch seconds. */
  readonly lastUpdate: number;
}

export interface JgroupsPingStore {
  /** Makes the rows of one cluster exactly these, in one statement. */
  replace(clusterName: string, rows: readonly JgroupsPingRow[]): Promise<void>;
  list(clusterName: string): Promise<JgroupsPingRow[]>;
}
