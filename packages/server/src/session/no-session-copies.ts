import type { SessionRow } from '../store/stores.ts';
import type { FoundSession, SessionCopies } from './session-copies.ts';

/** What persistent sessions ask of their copies. */
export type Copies = Pick<SessionCopies, keyof SessionCopies>;

const nothing = async (): Promise<void> => undefined;

/** For nodes that share nothing but the database: every read asks it, so that there is no copy that could be old. */
export const noSessionCopies: Copies = {
  find: async (_id, clientUuid, load) => foundIn(await load(), clientUuid),
  reserve: async () => ({ sessionTicket: undefined, clientTicket: undefined, sessionStands: false, clientStands: false }),
  created: nothing,
  joined: nothing,
  touched: nothing,
  updated: nothing,
  removing: (_id, work) => work(),
  removingClient: (_id, _clientUuid, work) => work(),
  suspend: nothing,
  drop: nothing,
  clear: nothing,
};

/** A session as the database gave it. */
export function foundIn(row: SessionRow | undefined, clientUuid: string | undefined): FoundSession | undefined {
  if (row === undefined) return undefined;
  return { session: row.session, client: row.clients.find((client) => client.clientId === clientUuid), fromDatabase: true };
}
