import { randomBytes } from 'node:crypto';
import type { ServerContext } from '../context.ts';
import type { Client, ClientSession, Realm, User, UserSession } from '../model/index.ts';
import { OFFLINE_ACCESS, scopeWords } from '../token/scope.ts';
import { OAuthError } from './oauth-error.ts';

/** A user session with the part of one client in it. */
export interface GrantSessions {
  readonly session: UserSession;
  readonly clientSession: ClientSession;
}

/** Bytes of randomness in a session id; 24 characters of base64url. */
const SESSION_ID_BYTES = 18;

/** A new session of a user who came without a browser (password grant, service account), not stored yet. */
export function newSession(
  realm: Realm,
  client: Client,
  user: User,
  nowSeconds: number,
  ipAddress: string,
  issuer: string,
  notes: Readonly<Record<string, string>> = {},
): GrantSessions {
  const session: UserSession = {
    id: randomBytes(SESSION_ID_BYTES).toString('base64url'),
    realmId: realm.id,
    userId: user.id,
    loginUsername: user.username,
    ipAddress,
    authMethod: 'openid-connect',
    rememberMe: false,
    started: nowSeconds,
    lastSessionRefresh: nowSeconds,
    state: 'LOGGED_IN',
    offline: false,
    notes,
    version: 0,
  };
  return { session, clientSession: clientSessionIn(session, client, nowSeconds, issuer) };
}

export function isOfflineScope(scope: string): boolean {
  return scopeWords(scope).includes(OFFLINE_ACCESS);
}

/** Refuses offline tokens to those who may not have them. */
export async function requireOfflinePermission(context: ServerContext, realm: Realm, client: Client, user: User): Promise<void> {
  if (await context.tokens.mayGoOffline(realm, client, user)) return;
  throw new OAuthError(400, 'not_allowed', 'Offline tokens not allowed for the user or client');
}

/**
 * Stores the offline twin of a session (same id), or adds the client to the one there is. The online session is not needed any more
 * where no other client is in it.
 */
export async function goOffline(
  context: ServerContext,
  realm: Realm,
  client: Client,
  online: GrantSessions,
  isStored: boolean,
): Promise<GrantSessions> {
  const { userSessions } = context.state;
  const now = context.clock.nowSeconds();
  const { id } = online.session;
  const before = (await userSessions.pair(realm, id, client, true))?.client;
  // Earlier offline tokens of the same client stay good: they may not be older than its part of the session.
  const clientSession: ClientSession = {
    ...online.clientSession,
    offline: true,
    started: before?.started ?? now,
    timestamp: now,
    notes: { ...before?.notes, ...online.clientSession.notes },
    version: before?.version ?? 0,
  };
  const known = await userSessions.attach(realm, id, clientSession, now);
  const session: UserSession = known?.session ?? { ...online.session, offline: true, started: now, lastSessionRefresh: now, version: 0 };
  if (!known) await userSessions.create(realm, session, clientSession);
  if (isStored) {
    const clients = await userSessions.clientsOf(realm, id, false);
    if (clients.some((other) => other.clientId !== client.id)) await userSessions.removeClient(realm, id, client.id, false);
    else await userSessions.remove(realm, id, false);
  }
  return { session, clientSession: known?.client ?? clientSession };
}

function clientSessionIn(session: UserSession, client: Client, nowSeconds: number, issuer: string): ClientSession {
  return {
    userSessionId: session.id,
    realmId: session.realmId,
    clientId: client.id,
    offline: false,
    authMethod: session.authMethod,
    started: nowSeconds,
    timestamp: nowSeconds,
    notes: { iss: issuer },
    version: 0,
  };
}
