import type { SessionPair, UserSessions } from '../cache/contracts.ts';
import { assertNotesFit } from '../cache/notes-limit.ts';
import { StateUnavailableError } from '../cache/state-error.ts';
import type { ClientSession, Realm, UserSession } from '../model/index.ts';
import {
  isClientSessionExpired,
  isUserSessionExpired,
  userSessionExpiry,
  userSessionIdleSeconds,
  userSessionMaxExpiry,
} from '../model/session-expiry.ts';
import { isSessionId } from './session-id.ts';
import type { VolatileMaps, VolatileSession } from './volatile-maps.ts';

export interface VolatileUserSessionsOptions {
  readonly maps: VolatileMaps;
  readonly nowSeconds: () => number;
}

type Row = { readonly session: UserSession; readonly clients: readonly ClientSession[] };

/**
 * Online user sessions that live in memory alone (feature persistent-user-sessions disabled): on the grid with two owners, or on an external
 * engine. Races across nodes have one winner; lists are scans.
 */
export function createVolatileUserSessions({ maps, nowSeconds }: VolatileUserSessionsOptions): UserSessions {
  const { sessions, clients } = maps;

  const lifespanMs = (realm: Realm, session: UserSession) => Math.max(1, (userSessionExpiry(realm, session) - nowSeconds()) * 1000);

  async function find(realm: Realm, id: string): Promise<VolatileSession | undefined> {
    if (!isSessionId(id)) return undefined;
    const found = await sessions.get(id);
    if (found?.session.realmId !== realm.id || isUserSessionExpired(realm, found.session, nowSeconds())) return undefined;
    return found;
  }

  /** Moves the last refresh forward and lists a client; undefined = the session is gone. */
  async function join(realm: Realm, session: UserSession, touchedAt: number, joined?: string): Promise<UserSession | undefined> {
    const idleSeconds = userSessionIdleSeconds(realm, false, session.rememberMe);
    return sessions.join(session.id, { joined, touchedAt, idleSeconds, endsAt: userSessionMaxExpiry(realm, session) });
  }

  async function clientsOf({ session, clients: listed }: VolatileSession): Promise<readonly ClientSession[]> {
    return clients.getAll(listed.map((clientId) => keyOf(session.id, clientId)));
  }

  async function* living(realm: Realm): AsyncGenerator<VolatileSession> {
    const seen = new Set<string>();
    for await (const [id, found] of sessions.entries()) {
      if (found.session.realmId !== realm.id || seen.has(id) || isUserSessionExpired(realm, found.session, nowSeconds())) continue;
      seen.add(id);
      yield found;
    }
  }

  async function removeAll(realm: Realm, wanted: (session: UserSession) => boolean): Promise<string[]> {
    const removed: string[] = [];
    for await (const found of living(realm)) if (wanted(found.session) && (await drop(found.session.id))) removed.push(found.session.id);
    return removed;
  }

  async function drop(id: string): Promise<boolean> {
    const removed = await sessions.take(id);
    await Promise.all((removed?.clients ?? []).map((clientId) => clients.remove(keyOf(id, clientId))));
    return removed !== undefined;
  }

  /** Guarded change of a client session; `change` gets undefined where there is none. */
  function changeClient(
    realm: Realm,
    session: UserSession,
    clientId: string,
    change: (own: ClientSession | undefined) => ClientSession | undefined,
  ): Promise<ClientSession | undefined> {
    return clients.change(keyOf(session.id, clientId), (own) => {
      const next = change(own);
      if (next === undefined) return undefined;
      assertNotesFit('client session', next.notes);
      const value = { ...next, version: (own?.version ?? 0) + 1 };
      return { value, lifespanMs: Math.max(1, (userSessionMaxExpiry(realm, session) - nowSeconds()) * 1000) };
    });
  }

  async function attach(
    realm: Realm,
    id: string,
    client: ClientSession,
    touchedAt: number,
    before?: SessionPair,
  ): Promise<SessionPair | undefined> {
    const found = before ?? (await find(realm, id));
    if (found === undefined) return undefined;
    const stored = await changeClient(realm, found.session, client.clientId, () => client);
    const session = await join(realm, found.session, touchedAt, client.clientId);
    if (session !== undefined && stored !== undefined) return { session, client: stored };
    await clients.remove(keyOf(id, client.clientId));
    return undefined;
  }

  return {
    attach,

    async create(realm, session, client) {
      assertNotesFit('user session', session.notes);
      const first = { session: { ...session, version: 0 }, clients: [client.clientId] };
      if (!(await sessions.insert(session.id, { value: first, lifespanMs: lifespanMs(realm, session) }))) {
        throw new StateUnavailableError('a living session with the id of the new one stands', { code: 'KG_STORE_DUPLICATE' });
      }
      await changeClient(realm, session, client.clientId, () => client);
    },

    get: async (realm, id) => (await find(realm, id))?.session,

    async pair(realm, id, client) {
      const [found, own] = await Promise.all([find(realm, id), isSessionId(id) ? clients.get(keyOf(id, client.id)) : undefined]);
      if (found === undefined) return undefined;
      const alive = own !== undefined && !isClientSessionExpired(realm, client, found.session, own, nowSeconds());
      return { session: found.session, client: alive ? own : undefined };
    },

    async clientsOf(realm, id) {
      const found = await find(realm, id);
      return found === undefined ? [] : clientsOf(found);
    },

    async touch(realm, id, client, _offline, touchedAt, change) {
      const found = await find(realm, id);
      if (found === undefined) return undefined;
      const stored = await changeClient(realm, found.session, client.id, (own) => {
        if (own === undefined || isClientSessionExpired(realm, client, found.session, own, nowSeconds())) return undefined;
        const next = change(own);
        return next && { ...next, timestamp: Math.max(next.timestamp, own.timestamp, touchedAt) };
      });
      if (stored === undefined) return undefined;
      const session = await join(realm, found.session, touchedAt);
      return session === undefined ? undefined : { session, client: stored };
    },

    async update(realm, id, _offline, change) {
      if ((await find(realm, id)) === undefined) return undefined;
      const stored = await sessions.change(id, (standing) => {
        const next = standing === undefined ? undefined : change(standing.session);
        if (standing === undefined || next === undefined) return undefined;
        assertNotesFit('user session', next.notes);
        const session = { ...next, version: standing.session.version + 1 };
        return { value: { session, clients: standing.clients }, lifespanMs: lifespanMs(realm, session) };
      });
      return stored?.session;
    },

    async removeClient(realm, id, clientUuid) {
      return (await find(realm, id)) !== undefined && clients.remove(keyOf(id, clientUuid));
    },

    async remove(realm, id) {
      return (await find(realm, id)) !== undefined && drop(id);
    },

    async ofUser(realm, userId) {
      const rows: Row[] = [];
      for await (const found of living(realm)) {
        if (found.session.userId === userId) rows.push({ session: found.session, clients: await clientsOf(found) });
      }
      return rows;
    },

    async ofClient(realm, clientUuid, _offline, page) {
      const rows: Row[] = [];
      const first = page.first ?? 0;
      let index = -1;
      for await (const found of living(realm)) {
        if (!found.clients.includes(clientUuid)) continue;
        const own = await clientsOf(found);
        if (!own.some((client) => client.clientId === clientUuid)) continue;
        index += 1;
        if (index >= first) rows.push({ session: found.session, clients: own });
        if (page.max !== undefined && rows.length >= page.max) break;
      }
      return rows;
    },

    async countByClient(realm) {
      const counts = new Map<string, number>();
      for await (const found of living(realm)) {
        for (const client of await clientsOf(found)) counts.set(client.clientId, (counts.get(client.clientId) ?? 0) + 1);
      }
      return counts;
    },

    async clientsInUse(realm) {
      const used = new Set<string>();
      for await (const found of living(realm)) for (const clientId of found.clients) used.add(clientId);
      return [...used];
    },

    removeOfUser: (realm, userId) => removeAll(realm, (session) => session.userId === userId),

    async removeOfRealm(realm) {
      await removeAll(realm, () => true);
    },
  };
}

function keyOf(id: string, clientUuid: string): string {
  return `${id}:${clientUuid}`;
}
