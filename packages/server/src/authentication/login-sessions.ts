import type { State } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import type { Client, ClientSession, Realm, User, UserSession } from '../model/index.ts';
import { AUTH_TIME_NOTE, CLAIMS_NOTE, SSO_AUTH_NOTE } from '../token/session-notes.ts';
import type { BrokerSession } from './broker-notes.ts';
import { deviceNote } from './device-note.ts';
import { identityNotes } from './identity-cookie.ts';

export interface LoginSessionParts {
  readonly state: Pick<State, 'userSessions'>;
  readonly clock: Clock;
}

export interface SessionRequest {
  readonly realm: Realm;
  readonly client: Client;
  readonly user: User;
  readonly ipAddress: string;
  readonly userAgent?: string | undefined;
  readonly redirectUri: string;
  /** Protocol notes that the client session keeps. */
  readonly clientNotes: Readonly<Record<string, string>>;
  readonly issuer: string;
}

export interface LoginSessions {
  readonly session: UserSession;
  readonly clientSession: ClientSession;
}

/**
 * The client session of a login. One that exists keeps its start and what it knows of refresh tokens, so that those which the
 * application holds already stay good.
 */
function clientSessionOf(
  request: SessionRequest,
  sessionId: string,
  nowSeconds: number,
  existing: ClientSession | undefined,
  bySession: boolean,
): ClientSession {
  const notes: Record<string, string> = { ...existing?.notes, iss: request.issuer };
  delete notes[SSO_AUTH_NOTE];
  if (bySession) notes[SSO_AUTH_NOTE] = 'true';
  // What one login asked for says nothing of the next.
  delete notes[CLAIMS_NOTE];
  for (const name of ['scope', 'nonce', 'response_type', CLAIMS_NOTE] as const) {
    const value = request.clientNotes[name];
    if (value !== undefined) notes[name] = value;
  }
  return {
    userSessionId: sessionId,
    realmId: request.realm.id,
    clientId: request.client.id,
    offline: false,
    authMethod: request.client.protocol,
    redirectUri: request.redirectUri,
    started: existing?.started ?? nowSeconds,
    timestamp: nowSeconds,
    notes,
    version: existing?.version ?? 0,
  };
}

/** Opens a user session with its first client. */
export async function openSession(
  parts: LoginSessionParts,
  request: SessionRequest,
  login: {
    readonly sessionId: string;
    readonly username: string;
    readonly rememberMe: boolean;
    readonly broker?: BrokerSession;
    readonly notes?: Readonly<Record<string, string>>;
  },
): Promise<LoginSessions> {
  const nowSeconds = parts.clock.nowSeconds();
  const { broker = { notes: {} } } = login;
  const session: UserSession = {
    id: login.sessionId,
    realmId: request.realm.id,
    userId: request.user.id,
    loginUsername: login.username,
    ipAddress: request.ipAddress,
    authMethod: request.client.protocol,
    rememberMe: login.rememberMe,
    started: nowSeconds,
    lastSessionRefresh: nowSeconds,
    state: 'LOGGED_IN',
    offline: false,
    ...(broker.brokerSessionId === undefined ? {} : { brokerSessionId: broker.brokerSessionId }),
    ...(broker.brokerUserId === undefined ? {} : { brokerUserId: broker.brokerUserId }),
    notes: { ...identityNotes(), ...broker.notes, ...login.notes, ...deviceNote(request.userAgent), [AUTH_TIME_NOTE]: String(nowSeconds) },
    version: 0,
  };
  const clientSession = clientSessionOf(request, session.id, nowSeconds, undefined, false);
  await parts.state.userSessions.create(request.realm, session, clientSession);
  return { session, clientSession };
}

/**
 * Joins a session that exists. Undefined if it ended meanwhile.
 * @param authenticatedNow the user proved who he is just now, which `auth_time` must say
 */
export async function joinSession(
  parts: LoginSessionParts,
  request: SessionRequest,
  sessionId: string,
  authenticatedNow: boolean,
): Promise<LoginSessions | undefined> {
  const { userSessions } = parts.state;
  const nowSeconds = parts.clock.nowSeconds();
  const before = await userSessions.pair(request.realm, sessionId, request.client, false);
  if (before === undefined) return undefined;
  if (authenticatedNow) {
    await userSessions.update(request.realm, sessionId, false, (session) => ({
      ...session,
      notes: { ...session.notes, [AUTH_TIME_NOTE]: String(nowSeconds) },
    }));
  }
  const clientSession = clientSessionOf(request, sessionId, nowSeconds, before.client, !authenticatedNow);
  const pair = await userSessions.attach(request.realm, sessionId, clientSession, nowSeconds, authenticatedNow ? undefined : before);
  return pair === undefined ? undefined : { session: pair.session, clientSession: pair.client ?? clientSession };
}
