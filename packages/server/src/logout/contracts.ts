import type { Client, Realm, User, UserSession } from '../model/index.ts';

/** A client that wants to hear of the logout in the browser (OpenID Connect Front-Channel Logout 1.0). */
export interface FrontChannelClient {
  /** What the person knows the client by. */
  readonly name: string;
  /** Address for an iframe, with `iss` and `sid` where the client asks for them. */
  readonly url: string;
}

export interface EndedSession {
  readonly session: UserSession;
  /** Empty where the session did not end in a browser. */
  readonly frontChannel: readonly FrontChannelClient[];
}

export interface EndOptions {
  /** Of the realm as the one who ends the session sees it; client sessions that know the issuer of their login keep that one. */
  readonly issuer: string;
  readonly offline?: boolean;
  /** A browser is there to show the pages of clients with front-channel logout. */
  readonly browser?: boolean;
  /** The provider that the session came from ended it: it need not be told. */
  readonly byProvider?: boolean;
}

/** What clients with an admin URL are told outside of sessions, in the words of Keycloak's adapters. */
export type AdminAction = 'LOGOUT' | 'PUSH_NOT_BEFORE';

/** Admin URLs of the clients that heard it, and of those that did not; a list without any is left out, as Admin REST answers it. */
export interface AdminCallResult {
  readonly successRequests?: readonly string[];
  readonly failedRequests?: readonly string[];
}

/** The one way in which a session ends before its time with its clients hearing of it. */
export interface Logouts {
  /**
   * Removes the session first, so that every node refuses its tokens with the next request, then tells its clients by back-channel:
   * the first tries are awaited for a moment, further ones go on behind. Undefined where the session was gone, or another was faster.
   */
  endSession(realm: Realm, sessionId: string, options: EndOptions): Promise<EndedSession | undefined>;
  /** Ends several sessions, a few at a time; gives the ids of those that were there. */
  endSessions(realm: Realm, sessionIds: readonly string[], options: EndOptions): Promise<readonly string[]>;
  /**
   * Takes one client out of the sessions of a user and tells it; a session whose last client it was ends. Gives the number of sessions
   * that it was in.
   */
  endClient(realm: Realm, user: User, client: Client, options: EndOptions): Promise<number>;
  /** Tells the clients that have an admin URL; every one gets one try. */
  tellAdminUrls(realm: Realm, clients: readonly Client[], action: AdminAction, notBefore: number): Promise<AdminCallResult>;
}
