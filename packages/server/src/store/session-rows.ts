import type { ClientSession, UserSession } from '../model/index.ts';
import type { SessionChange, SessionRow } from './stores.ts';

/** A user session with its client sessions as the statements select them. */
export interface StoredSession {
  readonly user_session_id: string;
  readonly offline_flag: string;
  readonly user_id: string;
  readonly realm_id: string;
  readonly created_on: number;
  readonly last_session_refresh: number;
  readonly broker_session_id: string | null;
  readonly version: number;
  readonly remember_me: boolean;
  readonly data: string;
  readonly clients: readonly { readonly client_id: string; readonly timestamp: number; readonly version: number; readonly data: string }[];
}

/** What has no column of its own, as JSON; names are Keycloak's where it has them. */
interface SessionData {
  readonly ipAddress: string;
  readonly authMethod: string;
  /** Also a column; stands here for whoever reads the JSON. */
  readonly rememberMe: boolean;
  readonly started: number;
  readonly loginUsername: string;
  readonly brokerUserId?: string | undefined;
  readonly state: UserSession['state'];
  readonly notes: Readonly<Record<string, string>>;
}

interface ClientData {
  readonly authMethod: string;
  readonly redirectUri?: string | undefined;
  readonly started: number;
  readonly notes: Readonly<Record<string, string>>;
}

export function flagOf(offline: boolean): '0' | '1' {
  return offline ? '1' : '0';
}

export function rowOf(stored: StoredSession): SessionRow {
  const offline = stored.offline_flag === '1';
  const data = JSON.parse(stored.data) as SessionData;
  const session: UserSession = {
    id: stored.user_session_id,
    realmId: stored.realm_id,
    userId: stored.user_id,
    loginUsername: data.loginUsername,
    ipAddress: data.ipAddress,
    authMethod: data.authMethod,
    rememberMe: stored.remember_me,
    started: stored.created_on,
    lastSessionRefresh: stored.last_session_refresh,
    state: data.state,
    ...(stored.broker_session_id === null ? {} : { brokerSessionId: stored.broker_session_id }),
    ...(data.brokerUserId === undefined ? {} : { brokerUserId: data.brokerUserId }),
    offline,
    notes: data.notes,
    version: stored.version,
  };
  const clients = stored.clients.map((one): ClientSession => {
    const own = JSON.parse(one.data) as ClientData;
    return {
      userSessionId: session.id,
      realmId: session.realmId,
      clientId: one.client_id,
      offline,
      authMethod: own.authMethod,
      ...(own.redirectUri === undefined ? {} : { redirectUri: own.redirectUri }),
      started: own.started,
      timestamp: one.timestamp,
      notes: own.notes,
      version: one.version,
    };
  });
  return { session, clients };
}

/** One row of the flush statement's input. */
export function inputOf(change: SessionChange, n: number): Readonly<Record<string, unknown>> {
  const { kind } = change;
  switch (kind) {
    case 'insert-session':
    case 'update-session': {
      const { session } = change;
      const { ipAddress, authMethod, rememberMe, started, loginUsername, brokerUserId, state, notes } = session;
      const data: SessionData = { ipAddress, authMethod, rememberMe, started, notes, state, loginUsername, brokerUserId };
      const key = { n, kind, id: session.id, flag: flagOf(session.offline), realm: session.realmId };
      const columns = {
        user: session.userId,
        broker: session.brokerSessionId ?? null,
        remember: rememberMe,
        version: session.version,
      };
      return { ...key, ...columns, at: session.lastSessionRefresh, started, data: JSON.stringify(data) };
    }
    case 'touch-session':
      return { n, kind, id: change.id, flag: flagOf(change.offline), realm: change.realmId, at: change.lastSessionRefresh };
    case 'remove-session':
      return { n, kind, id: change.id, flag: flagOf(change.offline), realm: change.realmId };
    case 'put-client': {
      const { client } = change;
      const { authMethod, redirectUri, started, notes, version } = client;
      const data: ClientData = { authMethod, redirectUri, started, notes };
      const key = { n, kind, id: client.userSessionId, flag: flagOf(client.offline), realm: client.realmId, client: client.clientId };
      return { ...key, version, at: client.timestamp, data: JSON.stringify(data) };
    }
    case 'remove-client':
      return { n, kind, id: change.userSessionId, flag: flagOf(change.offline), realm: change.realmId, client: change.clientId };
  }
}
