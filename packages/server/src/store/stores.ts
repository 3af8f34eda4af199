import type { Client, ClientScope, Credential, FederatedIdentity, Group, Realm, RealmKey, Role, User, UserGrants } from '../model/index.ts';
import type { AdminEventStore } from './admin-events.ts';
import type { AuthorizationStores } from './authorization-stores.ts';
import type { FederatedIdentityStore } from './federated-identity-store.ts';
import type { InitialAccessStore } from './initial-access.ts';
import type { JgroupsPingStore } from './jgroups-ping.ts';
import type { SessionStore } from './session-changes.ts';
import type {
  AuthenticationSessionStore,
  ClusterTaskStore,
  LoginFailureStore,
  NotificationStore,
  ServerNodeStore,
  SingleUseStore,
} from './shared-state.ts';

export type { JgroupsPingRow, JgroupsPingStore } from './jgroups-ping.ts';
export type { LivingBounds, SessionChange, SessionChangeResult, SessionRow, SessionStore, SweepBounds } from './session-changes.ts';

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
  readonly initialAccess: InitialAccessStore;
  readonly roles: RoleStore;
  readonly groups: GroupStore;
  readonly users: UserStore;
  readonly credentials: CredentialStore;
  readonly authorization: AuthorizationStores;
  readonly consents: ConsentStore;
  readonly federatedIdentities: FederatedIdentityStore;
  readonly events: EventStore;
  readonly adminEvents: AdminEventStore;
  readonly sessions: SessionStore;
  readonly revokedTokens: RevokedTokenStore;
  readonly serverConfig: ServerConfigStore;
  readonly outbox: OutboxStore;
  readonly jgroupsPing: JgroupsPingStore;
  readonly singleUse: SingleUseStore;
  readonly loginFailures: LoginFailureStore;
  readonly authenticationSessions: AuthenticationSessionStore;
  readonly serverNodes: ServerNodeStore;
  readonly clusterTasks: ClusterTaskStore;
  readonly notifications: NotificationStore;
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

/** What lists of realms show. */
export type RealmBrief = Pick<Realm, 'id' | 'realm' | 'enabled' | 'displayName' | 'displayNameHtml'>;

export interface RealmStore {
  byId(id: string): Promise<Realm | undefined>;
  byName(name: string): Promise<Realm | undefined>;
  list(): Promise<Realm[]>;
  /** All realms by name, without what a list does not show: it stays cheap with a thousand of them. */
  briefs(): Promise<RealmBrief[]>;
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
  /** Number of clients; until the transaction ends nobody else gets one of the realm, so that a limit holds. */
  countExclusively(realmId: string): Promise<number>;
  /** The clientIds of some clients, without anything else of them. */
  clientIds(realmId: string, ids: readonly string[]): Promise<{ id: string; clientId: string }[]>;
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
  /** `ids` and everything reachable through composites, in one statement however deep or wide that is. */
  expansion(realmId: string, ids: readonly string[]): Promise<Role[]>;
  /** For each role of that name: its id, and the ids of all roles that bring it along, its own included. */
  holders(
    realmId: string,
    clientId: string | undefined,
    names: readonly string[],
  ): Promise<{ name: string; role: string; holders: readonly string[] }[]>;
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

/** A user with everything that hangs on it. */
export interface WholeUser {
  readonly user: User;
  readonly credentials: readonly Credential[];
  readonly roleIds: readonly string[];
  readonly groupIds: readonly string[];
  /** Links with identities of outside providers. */
  readonly federatedIdentities?: readonly FederatedIdentity[] | undefined;
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
  /** Many at once: four statements however many there are. */
  insertWhole(users: readonly WholeUser[]): Promise<void>;
  update(user: User): Promise<User>;
  remove(realmId: string, id: string): Promise<boolean>;
  grants(userId: string): Promise<UserGrants>;
  /** By user id; in the order of `grants`. */
  grantsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, UserGrants>>;
  addRoles(userId: string, roleIds: readonly string[]): Promise<void>;
  removeRoles(userId: string, roleIds: readonly string[]): Promise<void>;
  joinGroup(userId: string, groupId: string): Promise<void>;
  leaveGroup(userId: string, groupId: string): Promise<void>;
  withRole(realmId: string, roleId: string, page: Page): Promise<User[]>;
  inGroup(realmId: string, groupId: string, page: Page): Promise<User[]>;
}

export interface CredentialStore {
  ofUser(userId: string): Promise<Credential[]>;
  /** Of several users, in the order of `ofUser`. */
  ofUsers(userIds: readonly string[]): Promise<Credential[]>;
  insert(credential: Credential): Promise<void>;
  /** Guarded by `credential.version`. */
  update(credential: Credential): Promise<Credential>;
  remove(userId: string, id: string): Promise<boolean>;
}

/** A user event that a realm keeps. */
export interface StoredEvent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly timeMs: number;
  readonly type: string;
  readonly realmId: string;
  readonly clientId: string | undefined;
  readonly userId: string | undefined;
  readonly sessionId: string | undefined;
  readonly ipAddress: string | undefined;
  readonly error: string | undefined;
  readonly details: Readonly<Record<string, string>> | undefined;
}

export interface EventQuery extends Page {
  readonly types?: readonly string[] | undefined;
  readonly clientId?: string | undefined;
  readonly userId?: string | undefined;
  readonly ipAddress?: string | undefined;
  /** Epoch milliseconds, both inclusive. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Oldest first; else the newest. */
  readonly ascending?: boolean | undefined;
}

export interface EventStore {
  /** One statement for all of them. */
  insert(events: readonly StoredEvent[]): Promise<void>;
  list(realmId: string, query: EventQuery): Promise<StoredEvent[]>;
  clear(realmId: string): Promise<void>;
  /** Removes some of what is older than its realm keeps (`eventsExpiration`, seconds); gives the number. */
  removeExpired(nowMs: number): Promise<number>;
}

/** What a user granted to a client. */
export interface StoredConsent {
  readonly clientUuid: string;
  /** Ids of client scopes; some may be gone. */
  readonly scopeIds: readonly string[];
  /** Epoch milliseconds. */
  readonly createdDate: number;
  readonly lastUpdatedDate: number;
}

export interface ConsentStore {
  get(userId: string, clientUuid: string): Promise<StoredConsent | undefined>;
  ofUser(userId: string): Promise<StoredConsent[]>;
  /** Adds to what was granted before. */
  add(userId: string, clientUuid: string, scopeIds: readonly string[], nowMs: number): Promise<void>;
  remove(userId: string, clientUuid: string): Promise<boolean>;
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
