import type {
  AuthenticationTab,
  Client,
  ClientScope,
  ClientSession,
  Group,
  LoginFailure,
  Realm,
  RealmKey,
  Role,
  RootAuthenticationSession,
  User,
  UserGrants,
  UserSession,
} from '../model/index.ts';
import type { Page, Stores } from '../store/stores.ts';

/**
 * What the services stand on. Whether the embedded grid, an external engine or (grid off) the database is behind it is decided
 * once, at start; no caller may ask. Every method is bounded in time and throws `StateUnavailableError` (HTTP 503, Retry-After)
 * when the cluster cannot answer; it never guesses.
 */
export interface State {
  readonly directory: Directory;
  readonly changes: Changes;
  readonly authenticationSessions: AuthenticationSessions;
  readonly userSessions: UserSessions;
  readonly singleUseObjects: SingleUseObjects;
  readonly loginFailures: LoginFailures;
}

/** Read side of the local caches realms and users: frozen objects, loaded from the database on a miss, dropped by invalidation. */
export interface Directory {
  /**
   * A number that is another one after every change that this node has heard of: what was worked out of objects of the directory holds as long as it
   * stays. Undefined while nothing that was read may be kept.
   */
  generation(): number | undefined;
  realmByName(name: string): Promise<Realm | undefined>;
  realmById(id: string): Promise<Realm | undefined>;
  /** Highest priority first. */
  keys(realm: Realm): Promise<readonly RealmKey[]>;
  clientByClientId(realm: Realm, clientId: string): Promise<Client | undefined>;
  clientById(realm: Realm, id: string): Promise<Client | undefined>;
  clientScopes(realm: Realm): Promise<readonly ClientScope[]>;
  /** Role ids that a client with `fullScopeAllowed` false may use. */
  clientScopeMappings(realm: Realm, client: Client): Promise<readonly string[]>;
  /** Role ids that a client scope opens; empty = the scope does not restrict. */
  scopeMappingsOf(realm: Realm, scope: ClientScope): Promise<readonly string[]>;
  role(realm: Realm, id: string): Promise<Role | undefined>;
  roleByName(realm: Realm, clientUuid: string | undefined, name: string): Promise<Role | undefined>;
  /** `ids` and everything reachable through composites. */
  expandRoles(realm: Realm, ids: readonly string[]): Promise<readonly Role[]>;
  /**
   * Name -> ids of the roles that bring the role of that name along, its own included. Looks upwards, so that it costs the same however many
   * roles an administrator of all realms has.
   */
  roleHolders(realm: Realm, clientUuid: string | undefined, names: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  group(realm: Realm, id: string): Promise<Group | undefined>;
  groupRoles(realm: Realm, id: string): Promise<readonly string[]>;
  userById(realm: Realm, id: string): Promise<User | undefined>;
  userByUsername(realm: Realm, username: string): Promise<User | undefined>;
  userByEmail(realm: Realm, email: string): Promise<User | undefined>;
  serviceAccount(realm: Realm, client: Client): Promise<User | undefined>;
  grants(realm: Realm, user: User): Promise<UserGrants>;
}

/** Names what a change touched, e.g. `realm:<id>`, `realm-name:<name>`, `client:<uuid>`, `user:<uuid>`. See `invalidation-keys.ts`. */
export type InvalidationKey = string;

/** The only way to change what the directory caches. */
export interface Changes {
  /**
   * Runs `work` in one transaction, writes the touched keys to the outbox in the same transaction, commits, drops them here, tells every
   * member and waits for their acknowledgements (at most 1 s; 6 s on external caches). `work` may await only calls on the stores it is given.
   */
  write<T>(work: (stores: Stores, touch: (...keys: InvalidationKey[]) => void) => Promise<T>): Promise<T>;
  /** Drops everything cached on all members. */
  clear(kind: 'realms' | 'users' | 'keys' | 'crl'): Promise<void>;
}

export interface AuthenticationSessions {
  /**
   * A fresh root session, with its first tab where one is given (one grid operation instead of two); its id is chosen so that this
   * node is primary (sticky routes save a hop). 24 characters of base64url.
   */
  create(realm: Realm, firstTab?: AuthenticationTab): Promise<RootAuthenticationSession>;
  get(realm: Realm, id: string): Promise<RootAuthenticationSession | undefined>;
  /**
   * Versioned read-modify-write, retried on a race. `change` is pure and may run several times; undefined removes the root session.
   * Returns what was stored, undefined if the session was gone or was removed. At most 300 tabs: the oldest goes.
   */
  update(
    realm: Realm,
    id: string,
    change: (root: RootAuthenticationSession) => RootAuthenticationSession | undefined,
  ): Promise<RootAuthenticationSession | undefined>;
  remove(realm: Realm, id: string): Promise<void>;
  /** Node name of the primary owner of the id, undefined where there is none or routes are switched off. */
  route(id: string): string | undefined;
}

/** A user session together with the client session that the caller works for. */
export interface SessionPair {
  readonly session: UserSession;
  readonly client: ClientSession | undefined;
}

export interface UserSessions {
  /** Writes the session and its first client session together; answered after commit. */
  create(realm: Realm, session: UserSession, client: ClientSession): Promise<void>;
  /** Undefined if absent or expired (effective idle and maximum of the realm). */
  get(realm: Realm, id: string, offline: boolean): Promise<UserSession | undefined>;
  /** The session and one of its client sessions; `client` undefined if that client has none or it expired. */
  pair(realm: Realm, id: string, client: Client, offline: boolean): Promise<SessionPair | undefined>;
  clientsOf(realm: Realm, id: string, offline: boolean): Promise<readonly ClientSession[]>;
  /**
   * Adds or replaces the client session (SSO of a further client, or a new login of a known one) and touches the user session.
   * @param before what `pair` just said of both, if it was asked: saves asking again; whatever changed since is noticed at the write
   */
  attach(realm: Realm, id: string, client: ClientSession, touchedAt: number, before?: SessionPair): Promise<SessionPair | undefined>;
  /**
   * Refresh: atomically (once per race, cluster-wide) applies `change` to the client session and touches both. `change` is pure, may run
   * several times, and returns undefined to refuse. Touches of one session coalesce; answered after commit.
   */
  touch(
    realm: Realm,
    id: string,
    client: Client,
    offline: boolean,
    touchedAt: number,
    change: (client: ClientSession) => ClientSession | undefined,
  ): Promise<SessionPair | undefined>;
  /** Versioned change of the session's notes or state. */
  update(
    realm: Realm,
    id: string,
    offline: boolean,
    change: (session: UserSession) => UserSession | undefined,
  ): Promise<UserSession | undefined>;
  removeClient(realm: Realm, id: string, clientUuid: string, offline: boolean): Promise<boolean>;
  remove(realm: Realm, id: string, offline: boolean): Promise<boolean>;
  ofUser(realm: Realm, userId: string, offline: boolean): Promise<readonly { session: UserSession; clients: readonly ClientSession[] }[]>;
  ofClient(
    realm: Realm,
    clientUuid: string,
    offline: boolean,
    page: Page,
  ): Promise<readonly { session: UserSession; clients: readonly ClientSession[] }[]>;
  countByClient(realm: Realm, offline: boolean): Promise<ReadonlyMap<string, number>>;
  /** UUIDs of the clients that any session is with; costs as much as there are clients, where sessions stand in the database. */
  clientsInUse(realm: Realm, offline: boolean): Promise<readonly string[]>;
  /** Online and offline. Returns the ids. */
  removeOfUser(realm: Realm, userId: string): Promise<readonly string[]>;
  removeOfRealm(realm: Realm): Promise<void>;
}

/** Notes kept with a single-use object. */
export type Notes = Readonly<Record<string, string>>;

/** Codes, action tokens, replay guards: each effect happens exactly once in the cluster, through any retry. */
export interface SingleUseObjects {
  put(key: string, lifespanSeconds: number, notes: Notes): Promise<void>;
  get(key: string): Promise<Notes | undefined>;
  /** Takes it: of any number of racing callers on all nodes exactly one gets the notes. */
  remove(key: string): Promise<Notes | undefined>;
  replace(key: string, notes: Notes): Promise<boolean>;
  /** False = already used. */
  putIfAbsent(key: string, lifespanSeconds: number): Promise<boolean>;
  contains(key: string): Promise<boolean>;
  /** Marks an access token as revoked, durably: the mark survives a restart of everything. */
  revokeToken(jti: string, lifespanSeconds: number): Promise<void>;
  isTokenRevoked(jti: string): Promise<boolean>;
}

/**
 * What a login does to the counter. `begin` reserves a try before the password is looked at, so that guesses that arrive at once cannot
 * outrun the counter; one of the others ends it. A `fail` without a try counts by itself.
 */
export type LoginStep =
  | { readonly kind: 'begin' | 'succeed' | 'release'; readonly tryId: string }
  | { readonly kind: 'fail'; readonly tryId?: string };

/** go: done. locked: logins are refused now, or (after `fail`) from now on. busy: as many tries are under way as may fail before the next lock; ask again in a moment. */
export type LoginStepVerdict = 'go' | 'locked' | 'busy';

export interface LoginCount {
  /** The state after the step, undefined where nothing is held against the user. */
  readonly failure: LoginFailure | undefined;
  readonly verdict: LoginStepVerdict;
}

export interface LoginFailures {
  get(realm: Realm, userId: string): Promise<LoginFailure | undefined>;
  /** Applies one step by the realm's rules, exactly once, one after the other for a user on all nodes. */
  count(realm: Realm, userId: string, ipAddress: string, step: LoginStep): Promise<LoginCount>;
  clear(realm: Realm, userId: string): Promise<void>;
  clearAll(realm: Realm): Promise<void>;
}

/** Tasks that run on one node of the cluster at a time. */
export interface ClusterTasks {
  /** Runs `task` every `intervalMs` on one node; aborted where that node can no longer be sure to be the one. */
  schedule(name: string, intervalMs: number, task: (signal: AbortSignal) => Promise<void>): Disposable;
}

/** Carries invalidations to the other members; what it delivers was committed before. */
export interface InvalidationBus {
  /** True if every other member has handled the keys in time; false if one did not answer (the outbox and its lease then see to it). */
  publish(keys: readonly InvalidationKey[]): Promise<boolean>;
  subscribe(handler: (keys: readonly InvalidationKey[]) => void | Promise<void>): Disposable;
  /** A message may have been missed, or this member was cut off: drop everything that is cached. */
  onGap(handler: () => void): Disposable;
  /** Told true when messages stop to come while this member still serves, and false when they come again: nothing may be kept in between. */
  onDeaf(handler: (deaf: boolean) => void): Disposable;
}
