import type { UserSessions } from '../cache/contracts.ts';
import { assertNotesFit } from '../cache/notes-limit.ts';
import { StateUnavailableError } from '../cache/state-error.ts';
import type { Client, ClientSession, Realm, UserSession } from '../model/index.ts';
import { isClientSessionExpired, isUserSessionExpired } from '../model/session-expiry.ts';
import type { SessionRow, SessionStore } from '../store/stores.ts';
import type { GroupCommit } from './group-commit.ts';
import { livingBounds } from './living-bounds.ts';
import { type Copies, foundIn } from './no-session-copies.ts';
import type { FoundSession } from './session-copies.ts';
import { isSessionId } from './session-id.ts';

export interface PersistentUserSessionsOptions {
  readonly store: SessionStore;
  readonly writer: GroupCommit;
  readonly online: Copies;
  readonly offline: Copies;
  readonly nowSeconds: () => number;
}

/** Tries of one change against other writers of the same row; each failed try means that another one got through. */
const maxTries = 10;
/** Sessions whose copies are dropped at the same time. */
const dropsAtOnce = 50;

/**
 * User sessions whose truth is the database. Reads come from the copies on the grid, writes go through the group-commit writer with the
 * row's version as the guard, and a copy that turns out to be old (a lost race, a refusal, an expiry) is checked against the database
 * before anybody is turned away.
 */
export function createPersistentUserSessions({
  store,
  writer,
  online,
  offline: offlineCopies,
  nowSeconds,
}: PersistentUserSessionsOptions): UserSessions {
  const copiesOf = (offline: boolean) => (offline ? offlineCopies : online);

  async function find(
    realm: Realm,
    id: string,
    offline: boolean,
    clientUuid: string | undefined,
    fresh: boolean,
  ): Promise<FoundSession | undefined> {
    if (!isSessionId(id)) return undefined;
    const load = () => store.load(realm.id, id, offline);
    const found = fresh ? foundIn(await load(), clientUuid) : await copiesOf(offline).find(id, clientUuid, load);
    if (found === undefined || found.session.realmId !== realm.id) return undefined;
    if (!isUserSessionExpired(realm, found.session, nowSeconds())) return found;
    // The copy may have missed a refresh; only the database may declare a session dead.
    return found.fromDatabase ? undefined : find(realm, id, offline, clientUuid, true);
  }

  async function findPair(realm: Realm, id: string, client: Client, offline: boolean, fresh: boolean): Promise<FoundSession | undefined> {
    const found = await find(realm, id, offline, client.id, fresh);
    if (found?.client === undefined) return found;
    if (!isClientSessionExpired(realm, client, found.session, found.client, nowSeconds())) return found;
    return found.fromDatabase ? { ...found, client: undefined } : findPair(realm, id, client, offline, true);
  }

  const alive = (realm: Realm, rows: readonly SessionRow[]) =>
    rows.filter((row) => !isUserSessionExpired(realm, row.session, nowSeconds()));

  /** Drops the copies of removed sessions, a few at a time. */
  async function dropAll(
    rows: readonly { readonly id: string; readonly offline: boolean; readonly clients: readonly string[] }[],
  ): Promise<void> {
    for (let at = 0; at < rows.length; at += dropsAtOnce) {
      await Promise.all(rows.slice(at, at + dropsAtOnce).map((row) => copiesOf(row.offline).drop(row.id, row.clients)));
    }
  }

  async function insert(realm: Realm, session: UserSession, client: ClientSession): Promise<void> {
    const reference = { realmId: realm.id, id: session.id, offline: session.offline };
    const copies = copiesOf(session.offline);
    for (let tries = 0; tries < maxTries; tries += 1) {
      const reservation = await copies.reserve(session.id, client.clientId, true);
      const [inserted, attached] = await Promise.all([
        writer.insert({ ...session, version: 0 }),
        writer.putClient(reference, client.clientId, undefined, () => client),
      ]);
      if (inserted === 'applied' && attached.result === 'applied') {
        await copies.created({ ...session, version: 0 }, attached.stored, reservation);
        return;
      }
      // The id stands already: a session that is over may not keep its browser from a new login, a living one is not replaced.
      const standing = await store.load(realm.id, session.id, session.offline);
      if (inserted === 'conflict' && standing !== undefined && !isUserSessionExpired(realm, standing.session, nowSeconds())) break;
      await copies.removing(session.id, () => writer.remove(reference));
    }
    throw new StateUnavailableError(`a living session with the id of the new one stands in realm ${realm.realm}`, {
      code: 'KG_STORE_DUPLICATE',
    });
  }

  return {
    async create(realm, session, client) {
      assertNotesFit('user session', session.notes);
      assertNotesFit('client session', client.notes);
      await insert(realm, session, client);
    },

    async get(realm, id, offline) {
      return (await find(realm, id, offline, undefined, false))?.session;
    },

    async pair(realm, id, client, offline) {
      const found = await findPair(realm, id, client, offline, false);
      return found === undefined ? undefined : { session: found.session, client: found.client };
    },

    async clientsOf(realm, id, offline) {
      return (await find(realm, id, offline, undefined, false)) === undefined
        ? []
        : ((await store.load(realm.id, id, offline))?.clients ?? []);
    },

    async attach(realm, id, client, touchedAt, before) {
      assertNotesFit('client session', client.notes);
      const { offline } = client;
      const reference = { realmId: realm.id, id, offline };
      const copies = copiesOf(offline);
      for (let tries = 0; tries < maxTries; tries += 1) {
        const found = tries === 0 && before !== undefined ? before : await find(realm, id, offline, client.clientId, tries > 0);
        if (found === undefined) return undefined;
        const reservation = found.client === undefined ? await copies.reserve(id, client.clientId, false) : undefined;
        const moves = touchedAt > found.session.lastSessionRefresh;
        const [put, touched] = await Promise.all([
          writer.putClient(reference, client.clientId, found.client, () => client),
          moves ? writer.touch(reference, touchedAt) : 'applied',
        ]);
        if (put.result === 'applied') {
          const session = { ...found.session, lastSessionRefresh: Math.max(found.session.lastSessionRefresh, touchedAt) };
          await copies.joined(session, put.stored, reservation);
          return { session, client: put.stored };
        }
        if (touched === 'missing') break;
      }
      await copies.drop(id, [client.clientId]);
      return afterLostRaces(await store.load(realm.id, id, offline), id);
    },

    async touch(realm, id, client, offline, touchedAt, change) {
      const reference = { realmId: realm.id, id, offline };
      const copies = copiesOf(offline);
      let fresh = false;
      for (let tries = 0; tries < maxTries; tries += 1) {
        const found = await findPair(realm, id, client, offline, fresh);
        if (found?.client === undefined) return undefined;
        const moves = touchedAt > found.session.lastSessionRefresh;
        const session = { ...found.session, lastSessionRefresh: Math.max(found.session.lastSessionRefresh, touchedAt) };
        let refused = false;
        const put = writer.putClient(reference, client.id, found.client, (newest) => {
          const next = newest === undefined ? undefined : change(newest);
          refused = next === undefined;
          if (next !== undefined) assertNotesFit('client session', next.notes);
          return next === undefined ? undefined : { ...next, timestamp: Math.max(next.timestamp, newest?.timestamp ?? 0, touchedAt) };
        });
        // `change` has run by now: a refusal touches nothing.
        const [written] = await Promise.all([put, moves && !refused ? writer.touch(reference, touchedAt) : 'applied']);
        if (written.result === 'applied') {
          await copies.touched(session, written.stored);
          return { session, client: written.stored };
        }
        if (written.result === 'refused' && found.fromDatabase) return undefined;
        if (written.result === 'missing' && found.fromDatabase) break;
        fresh = true;
      }
      await copies.drop(id, [client.id]);
      return afterLostRaces(await store.load(realm.id, id, offline), id);
    },

    async update(realm, id, offline, change) {
      const copies = copiesOf(offline);
      let fresh = false;
      for (let tries = 0; tries < maxTries; tries += 1) {
        const found = await find(realm, id, offline, undefined, fresh);
        if (found === undefined) return undefined;
        const written = await writer.update(found.session, (newest) => {
          const next = change(newest);
          if (next !== undefined) assertNotesFit('user session', next.notes);
          return next;
        });
        if (written.result === 'applied') {
          await copies.updated(written.stored);
          return written.stored;
        }
        if (written.result === 'refused' && found.fromDatabase) return undefined;
        if (written.result === 'missing') break;
        fresh = true;
      }
      await copies.drop(id, []);
      return afterLostRaces(await store.load(realm.id, id, offline), id);
    },

    async removeClient(realm, id, clientUuid, offline) {
      if (!isSessionId(id)) return false;
      return copiesOf(offline).removingClient(id, clientUuid, () => writer.removeClient({ realmId: realm.id, id, offline }, clientUuid));
    },

    async remove(realm, id, offline) {
      if (!isSessionId(id)) return false;
      return copiesOf(offline).removing(id, () => writer.remove({ realmId: realm.id, id, offline }));
    },

    async ofUser(realm, userId, offline) {
      return alive(realm, await store.ofUser(realm.id, userId, offline));
    },

    async ofClient(realm, clientUuid, offline, page) {
      const living = (rememberMe: boolean) => livingBounds(realm, offline, rememberMe, nowSeconds());
      return store.ofClient(realm.id, clientUuid, offline, { plain: living(false), remembered: living(true) }, page);
    },

    async countByClient(realm, offline) {
      return store.countByClient(realm.id, offline);
    },

    async clientsInUse(realm, offline) {
      return store.clientsInUse(realm.id, offline);
    },

    async removeOfUser(realm, userId) {
      const rows = (await Promise.all([store.ofUser(realm.id, userId, false), store.ofUser(realm.id, userId, true)])).flat();
      const known = rows.map(({ session, clients }) => ({
        id: session.id,
        offline: session.offline,
        clients: clients.map((one) => one.clientId),
      }));
      for (let at = 0; at < known.length; at += dropsAtOnce) {
        await Promise.all(known.slice(at, at + dropsAtOnce).map((row) => copiesOf(row.offline).suspend(row.id)));
      }
      try {
        const removed = await store.removeOfUser(realm.id, userId);
        await dropAll(
          removed.flatMap((id) => [
            { id, offline: false, clients: [] },
            { id, offline: true, clients: [] },
          ]),
        );
        return removed;
      } finally {
        await dropAll(known);
      }
    },

    async removeOfRealm(realm) {
      await store.removeOfRealm(realm.id);
      await Promise.all([online.clear(), offlineCopies.clear()]);
    },
  };
}

/** After the last try: a session that is gone is no error, one that others change without end is. */
function afterLostRaces(row: SessionRow | undefined, id: string): undefined {
  if (row === undefined) return undefined;
  throw new StateUnavailableError(`session ${id.slice(0, 4)}… is changed by too many at once: ${maxTries} tries lost their race`);
}
