import type { Cache, GridNode } from '@keygrid/grid';
import type { EffectiveCache } from '../cache/cache-configuration.ts';
import type { SessionPair, UserSessions } from '../cache/contracts.ts';
import { assertNotesFit } from '../cache/notes-limit.ts';
import { onGrid, StateUnavailableError } from '../cache/state-error.ts';
import type { ClientSession, Realm, UserSession } from '../model/index.ts';
import {
  isClientSessionExpired,
  isUserSessionExpired,
  userSessionExpiry,
  userSessionIdleSeconds,
  userSessionMaxExpiry,
} from '../model/session-expiry.ts';
import { isSessionId } from './session-id.ts';

export interface VolatileUserSessionsOptions {
  readonly grid: GridNode;
  readonly sessions: EffectiveCache;
  readonly clientSessions: EffectiveCache;
  readonly nowSeconds: () => number;
}

/** A session with the UUIDs of the clients that ever joined it. */
interface VolatileSession {
  readonly session: UserSession;
  readonly clients: readonly string[];
}

interface Join {
  readonly joined?: string | undefined;
  readonly touchedAt: number;
  /** Idle time and maximum of the realm, for the entry's lifespan. */
  readonly idleSeconds: number;
  readonly endsAt: number;
}

type Row = { readonly session: UserSession; readonly clients: readonly ClientSession[] };

/** Lost races of one change; each means that another change got through. */
const maxTries = 50;

/**
 * Online user sessions that live on the grid alone, with two owners (feature persistent-user-sessions disabled). Every effect is one
 * operation on its primary or a versioned replacement, so that races across nodes have one winner; lists are scans of the cache.
 */
export function createVolatileUserSessions(options: VolatileUserSessionsOptions): UserSessions {
  const { grid, nowSeconds } = options;
  const sessions: Cache<VolatileSession> = grid.cache(options.sessions.name, {
    mode: options.sessions.mode,
    owners: options.sessions.owners,
    updates: {
      join: (current, argument, nowMs) => {
        if (current === undefined) return { value: 'keep', result: undefined };
        const { joined, touchedAt, idleSeconds, endsAt } = argument as Join;
        const lastSessionRefresh = Math.max(current.session.lastSessionRefresh, touchedAt);
        const grows = joined !== undefined && !current.clients.includes(joined);
        const value = {
          session: { ...current.session, lastSessionRefresh },
          clients: grows ? [...current.clients, joined] : current.clients,
        };
        const end = Math.min(endsAt, lastSessionRefresh + idleSeconds);
        return { value, result: value.session, lifespanMs: Math.max(1, end * 1000 - nowMs) };
      },
    },
  });
  const clients: Cache<ClientSession> = grid.cache(options.clientSessions.name, {
    mode: options.clientSessions.mode,
    owners: options.clientSessions.owners,
    partitionKey: (key) => key.split(':')[0] ?? key,
  });

  const lifespanMs = (realm: Realm, session: UserSession) => Math.max(1, (userSessionExpiry(realm, session) - nowSeconds()) * 1000);

  async function find(realm: Realm, id: string): Promise<VolatileSession | undefined> {
    if (!isSessionId(id)) return undefined;
    const found = await onGrid(() => sessions.get(id));
    if (found?.session.realmId !== realm.id || isUserSessionExpired(realm, found.session, nowSeconds())) return undefined;
    return found;
  }

  /** Moves the last refresh forward and lists a client; undefined = the session is gone. */
  async function join(realm: Realm, session: UserSession, touchedAt: number, joined?: string): Promise<UserSession | undefined> {
    const idleSeconds = userSessionIdleSeconds(realm, false, session.rememberMe);
    const argument: Join = { joined, touchedAt, idleSeconds, endsAt: userSessionMaxExpiry(realm, session) };
    return onGrid(() => sessions.update<UserSession | undefined>(session.id, 'join', argument));
  }

  async function clientsOf({ session, clients: listed }: VolatileSession): Promise<ClientSession[]> {
    const found = await onGrid(() => clients.getAll(listed.map((clientId) => keyOf(session.id, clientId))));
    return [...found.values()];
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
    const removed = await onGrid(() => sessions.getAndRemove(id));
    await onGrid(() => Promise.all((removed?.clients ?? []).map((clientId) => clients.remove(keyOf(id, clientId)))));
    return removed !== undefined;
  }

  /** Versioned read-modify-write of a client session; `change` gets undefined where there is none. */
  async function changeClient(
    realm: Realm,
    session: UserSession,
    clientId: string,
    change: (own: ClientSession | undefined) => ClientSession | undefined,
  ): Promise<ClientSession | undefined> {
    const key = keyOf(session.id, clientId);
    for (let tries = 0; tries < maxTries; tries += 1) {
      const found = await onGrid(() => clients.getVersioned(key));
      const next = change(found?.value);
      if (next === undefined) return undefined;
      assertNotesFit('client session', next.notes);
      const stored = { ...next, version: (found?.value.version ?? 0) + 1 };
      const lifespan = { lifespanMs: Math.max(1, (userSessionMaxExpiry(realm, session) - nowSeconds()) * 1000) };
      const won = await onGrid(async () =>
        found === undefined
          ? (await clients.putIfAbsent(key, stored, lifespan)) === undefined
          : clients.replaceIfVersion(key, stored, found.version, lifespan),
      );
      if (won) return stored;
    }
    throw lostRaces();
  }

  async function attach(realm: Realm, id: string, client: ClientSession, touchedAt: number): Promise<SessionPair | undefined> {
    const found = await find(realm, id);
    if (found === undefined) return undefined;
    const stored = await changeClient(realm, found.session, client.clientId, () => client);
    const session = await join(realm, found.session, touchedAt, client.clientId);
    if (session !== undefined && stored !== undefined) return { session, client: stored };
    await onGrid(() => clients.remove(keyOf(id, client.clientId)));
    return undefined;
  }

  return {
    attach,

    async create(realm, session, client) {
      assertNotesFit('user session', session.notes);
      const first = { session: { ...session, version: 0 }, clients: [client.clientId] };
      const standing = await onGrid(() => sessions.putIfAbsent(session.id, first, { lifespanMs: lifespanMs(realm, session) }));
      if (standing !== undefined) {
        throw new StateUnavailableError('a living session with the id of the new one stands', { code: 'KG_STORE_DUPLICATE' });
      }
      await changeClient(realm, session, client.clientId, () => client);
    },

    get: async (realm, id) => (await find(realm, id))?.session,

    async pair(realm, id, client) {
      const [found, own] = await Promise.all([
        find(realm, id),
        isSessionId(id) ? onGrid(() => clients.get(keyOf(id, client.id))) : undefined,
      ]);
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
      for (let tries = 0; tries < maxTries; tries += 1) {
        if ((await find(realm, id)) === undefined) return undefined;
        const found = await onGrid(() => sessions.getVersioned(id));
        const next = found === undefined ? undefined : change(found.value.session);
        if (found === undefined || next === undefined) return undefined;
        assertNotesFit('user session', next.notes);
        const session = { ...next, version: found.value.session.version + 1 };
        const stored = { session, clients: found.value.clients };
        if (await onGrid(() => sessions.replaceIfVersion(id, stored, found.version, { lifespanMs: lifespanMs(realm, session) })))
          return session;
      }
      throw lostRaces();
    },

    async removeClient(realm, id, clientUuid) {
      return (await find(realm, id)) !== undefined && onGrid(() => clients.remove(keyOf(id, clientUuid)));
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

    removeOfUser: (realm, userId) => removeAll(realm, (session) => session.userId === userId),

    async removeOfRealm(realm) {
      await removeAll(realm, () => true);
    },
  };
}

function keyOf(id: string, clientUuid: string): string {
  return `${id}:${clientUuid}`;
}

function lostRaces(): StateUnavailableError {
  return new StateUnavailableError(`a session is changed by too many at once: ${maxTries} tries lost their race`);
}
