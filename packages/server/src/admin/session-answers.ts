import type { ServerContext } from '../context.ts';
import type { ClientSession, Realm, UserSession } from '../model/index.ts';

/** A user session with its client sessions. */
export interface ListedSession {
  readonly session: UserSession;
  readonly clients: readonly ClientSession[];
}

/**
 * A session as Admin REST shows it; times in epoch milliseconds. For the sessions of one client (`clientUuid`) the last access is that
 * of the client.
 */
export async function sessionToRepresentation(
  { state: { directory } }: ServerContext,
  realm: Realm,
  { session, clients }: ListedSession,
  clientUuid?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const user = await directory.userById(realm, session.userId);
  const named = await Promise.all(clients.map(({ clientId }) => directory.clientById(realm, clientId)));
  const own = clients.find((one) => one.clientId === clientUuid);
  return {
    id: session.id,
    username: user?.username ?? session.loginUsername,
    userId: session.userId,
    ipAddress: session.ipAddress,
    start: session.started * 1_000,
    lastAccess: (own?.timestamp ?? session.lastSessionRefresh) * 1_000,
    rememberMe: session.rememberMe,
    clients: Object.fromEntries(named.flatMap((client) => (client === undefined ? [] : [[client.id, client.clientId]]))),
    transientUser: false,
  };
}
