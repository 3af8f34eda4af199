import type { ClientSession, UserSession } from '../model/index.ts';
import { userSessionExpiry } from '../model/session-expiry.ts';
import type { Representation } from '../realm/fields.ts';
import type { AccountCall } from './account-route.ts';

/** A session with its clients, as the store lists it. */
export interface ListedSession {
  readonly session: UserSession;
  readonly clients: readonly ClientSession[];
}

/** A session as its owner sees it. */
export async function sessionToRepresentation(
  { context, realm, bearer }: AccountCall,
  { session, clients }: ListedSession,
): Promise<Representation & { readonly clients: readonly Representation[] }> {
  const named = await Promise.all(clients.map(({ clientId }) => context.state.directory.clientById(realm, clientId)));
  return {
    id: session.id,
    ipAddress: session.ipAddress,
    started: session.started,
    lastAccess: session.lastSessionRefresh,
    expires: userSessionExpiry(realm, session),
    clients: named
      .filter((client) => client !== undefined)
      .map(({ clientId, name }) => ({ clientId, ...(name ? { clientName: name } : {}) })),
    ...(session.id === bearer.session?.id ? { current: true } : {}),
  };
}
