import type { SessionPair, UserSessions } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import type { Client, ClientSession, Realm, UserSession } from '../model/index.ts';
import { isClientSessionExpired, isUserSessionExpired } from '../model/session-expiry.ts';

interface Held {
  session: UserSession;
  readonly clients: Map<string, ClientSession>;
}

/** User sessions in one map, with the expiry rules of the real ones. */
export function memoryUserSessions(clock: Clock): UserSessions {
  const sessions = new Map<string, Held>();
  const key = (realm: Realm, id: string, offline: boolean): string => `${realm.id}/${id}/${offline ? 1 : 0}`;

  const live = (realm: Realm, id: string, offline: boolean): Held | undefined => {
    const held = sessions.get(key(realm, id, offline));
    return held && !isUserSessionExpired(realm, held.session, clock.nowSeconds()) ? held : undefined;
  };
  const liveClient = (realm: Realm, held: Held, client: Client): ClientSession | undefined => {
    const own = held.clients.get(client.id);
    return own && !isClientSessionExpired(realm, client, held.session, own, clock.nowSeconds()) ? own : undefined;
  };
  const touched = (session: UserSession, at: number): UserSession => ({
    ...session,
    lastSessionRefresh: Math.max(session.lastSessionRefresh, at),
    version: session.version + 1,
  });
  const list = (realm: Realm, offline: boolean): Held[] =>
    [...sessions.values()].filter(
      (held) =>
        held.session.realmId === realm.id &&
        held.session.offline === offline &&
        !isUserSessionExpired(realm, held.session, clock.nowSeconds()),
    );
  const view = (held: Held) => ({ session: held.session, clients: [...held.clients.values()] });

  return {
    async create(realm, session, client) {
      sessions.set(key(realm, session.id, session.offline), { session, clients: new Map([[client.clientId, client]]) });
    },
    get: async (realm, id, offline) => live(realm, id, offline)?.session,
    async pair(realm, id, client, offline): Promise<SessionPair | undefined> {
      const held = live(realm, id, offline);
      return held && { session: held.session, client: liveClient(realm, held, client) };
    },
    clientsOf: async (realm, id, offline) => [...(live(realm, id, offline)?.clients.values() ?? [])],
    async attach(realm, id, client, touchedAt) {
      const held = live(realm, id, client.offline);
      if (!held) return undefined;
      held.session = touched(held.session, touchedAt);
      held.clients.set(client.clientId, client);
      return { session: held.session, client };
    },
    async touch(realm, id, client, offline, touchedAt, change) {
      const held = live(realm, id, offline);
      const own = held && liveClient(realm, held, client);
      const next = own && change(own);
      if (!held || !own || !next) return undefined;
      const stored = { ...next, timestamp: Math.max(own.timestamp, touchedAt), version: own.version + 1 };
      held.clients.set(client.id, stored);
      held.session = touched(held.session, touchedAt);
      return { session: held.session, client: stored };
    },
    async update(realm, id, offline, change) {
      const held = live(realm, id, offline);
      const next = held && change(held.session);
      if (!held || !next) return undefined;
      held.session = { ...next, version: held.session.version + 1 };
      return held.session;
    },
    removeClient: async (realm, id, clientUuid, offline) => sessions.get(key(realm, id, offline))?.clients.delete(clientUuid) ?? false,
    remove: async (realm, id, offline) => sessions.delete(key(realm, id, offline)),
    async ofUser(realm, userId, offline) {
      return list(realm, offline)
        .filter((held) => held.session.userId === userId)
        .map(view);
    },
    async ofClient(realm, clientUuid, offline, page) {
      const first = page.first ?? 0;
      return list(realm, offline)
        .filter((held) => held.clients.has(clientUuid))
        .slice(first, page.max === undefined ? undefined : first + page.max)
        .map(view);
    },
    async countByClient(realm, offline) {
      const counts = new Map<string, number>();
      for (const held of list(realm, offline)) for (const id of held.clients.keys()) counts.set(id, (counts.get(id) ?? 0) + 1);
      return counts;
    },
    async clientsInUse(realm, offline) {
      return [...new Set(list(realm, offline).flatMap((held) => [...held.clients.keys()]))];
    },
    async removeOfUser(realm, userId) {
      const gone = [...sessions].filter(([, held]) => held.session.realmId === realm.id && held.session.userId === userId);
      for (const [id] of gone) sessions.delete(id);
      return gone.map(([, held]) => held.session.id);
    },
    async removeOfRealm(realm) {
      for (const [id, held] of sessions) if (held.session.realmId === realm.id) sessions.delete(id);
    },
  };
}
