import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Client, ClientSession, Realm, UserSession } from '../../model/index.ts';
import { clientFixture, clientSessionFixture, sessionFixture, userFixture } from '../fixtures.ts';
import { atOnce, type OpenBed, ownRealm } from './bed.ts';

/** Sessions of the bed's time, and logins on its first node. */
function sessionsOf(bed: OpenBed) {
  const on = (index: number) => bed.node(index).userSessions;

  function newSession(realm: Realm, overrides: Partial<UserSession> = {}): UserSession {
    const now = bed.clock.nowSeconds();
    const user = userFixture(realm, { id: overrides.userId ?? randomUUID() });
    const id = randomBytes(18).toString('base64url');
    return sessionFixture(realm, user, { id, started: now, lastSessionRefresh: now, notes: { AUTH_TIME: String(now) }, ...overrides });
  }
  const joining = (session: UserSession, client: Client, overrides: Partial<ClientSession> = {}): ClientSession =>
    clientSessionFixture(session, client, { started: session.started, timestamp: session.started, offline: session.offline, ...overrides });

  async function login(realm: Realm, client: Client, overrides: Partial<UserSession> = {}): Promise<UserSession> {
    const session = newSession(realm, overrides);
    await on(0).create(realm, session, joining(session, client));
    return session;
  }
  return { newSession, joining, login };
}

/** User sessions: versioned changes without a lost one, single winners, exact expiry, lists. */
export function userSessionsContract(bed: OpenBed): void {
  const on = (index: number) => bed.node(index).userSessions;

  const { newSession, joining, login } = sessionsOf(bed);

  it('gives back on every node what one of them stored, and in its own realm only', async () => {
    const [realm, other] = [ownRealm(), ownRealm()];
    const client = clientFixture(realm);
    const session = newSession(realm, { brokerSessionId: 'b', brokerUserId: 'u' });
    const own = joining(session, client, { redirectUri: 'https://app/', notes: { scope: 'openid', umlaut: 'ä"\u2028' } });
    await on(0).create(realm, session, own);
    for (let index = 0; index < bed.count; index += 1) {
      const pair = await on(index).pair(realm, session.id, client, false);
      expect(pair?.session).toEqual(session);
      expect(pair?.client).toEqual({ ...own, version: 1 });
      expect(await on(index).pair(realm, session.id, clientFixture(realm), false)).toEqual({ session, client: undefined });
      expect(await on(index).get(other, session.id, false)).toBeUndefined();
      expect(await on(index).get(realm, session.id, true)).toBeUndefined();
      expect(await on(index).touch(other, session.id, client, false, bed.clock.nowSeconds(), (found) => found)).toBeUndefined();
      expect(await on(index).remove(other, session.id, false)).toBe(false);
    }
    expect(await on(1).get(realm, session.id, false)).toEqual(session);
  });

  it('ignores forged and oversized ids, and does not replace a living session', async () => {
    const realm = ownRealm();
    const client = clientFixture(realm);
    for (const id of ['', `'; drop table realm`, 'x'.repeat(100_000), randomBytes(18).toString('base64url')]) {
      expect(await on(0).get(realm, id, false)).toBeUndefined();
      expect(await on(1).pair(realm, id, client, false)).toBeUndefined();
      expect(await on(0).remove(realm, id, false)).toBe(false);
      expect(await on(1).removeClient(realm, id, client.id, false)).toBe(false);
    }
    const session = await login(realm, client);
    await expect(on(1).create(realm, newSession(realm, { id: session.id }), joining(session, client))).rejects.toMatchObject({
      code: 'KG_STORE_DUPLICATE',
    });
    expect((await on(0).get(realm, session.id, false))?.userId).toBe(session.userId);
  });

  it('loses no client session when ten clients join at once on all nodes', async () => {
    const realm = ownRealm();
    const clients = Array.from({ length: 10 }, (_, index) => clientFixture(realm, { clientId: `c${index}` }));
    const session = await login(realm, clientFixture(realm));
    const now = bed.clock.nowSeconds();
    await atOnce(10, (index) => on(index).attach(realm, session.id, joining(session, clients[index] as Client), now));
    expect(await on(1).clientsOf(realm, session.id, false)).toHaveLength(11);
    for (const client of clients) expect((await on(0).pair(realm, session.id, client, false))?.client?.clientId).toBe(client.id);
  });

  it('loses no note when ten nodes change one session at once', async () => {
    const realm = ownRealm();
    const session = await login(realm, clientFixture(realm));
    const changed = await atOnce(10, (index) =>
      on(index).update(realm, session.id, false, (found) => ({ ...found, notes: { ...found.notes, [`n${index}`]: 'x' } })),
    );
    expect(changed.every((one) => one !== undefined)).toBe(true);
    expect(Object.keys((await on(1).get(realm, session.id, false))?.notes ?? {})).toHaveLength(11);
  });

  it('lets exactly one of ten refreshes at once use a token that may be used once', async () => {
    const realm = ownRealm();
    const client = clientFixture(realm);
    const session = await login(realm, client);
    const now = bed.clock.nowSeconds();
    for (let round = 0; round < 5; round += 1) {
      const pairs = await atOnce(10, (index) =>
        on(index).touch(realm, session.id, client, false, now + round, (own) =>
          own.notes['used'] === String(round) ? undefined : { ...own, notes: { ...own.notes, used: String(round) } },
        ),
      );
      expect(pairs.filter((pair) => pair !== undefined)).toHaveLength(1);
    }
    expect((await on(1).pair(realm, session.id, client, false))?.client?.notes['used']).toBe('4');
  });

  it('moves the last refresh forward only', async () => {
    const realm = ownRealm();
    const client = clientFixture(realm);
    const session = await login(realm, client);
    const now = bed.clock.nowSeconds();
    const touch = (index: number, at: number) => on(index).touch(realm, session.id, client, false, at, (own) => own);
    await touch(0, now + 20);
    const late = await touch(1, now + 5);
    expect(late?.session.lastSessionRefresh).toBe(now + 20);
    expect(late?.client?.timestamp).toBe(now + 20);
    await atOnce(8, (index) => touch(index, now + 20 + index));
    expect((await on(1).get(realm, session.id, false))?.lastSessionRefresh).toBe(now + 27);
    expect(await touch(0, now + 27).then((pair) => pair?.client?.timestamp)).toBe(now + 27);
  });

  it('ends a session once, with the next request on every node', async () => {
    const realm = ownRealm();
    const [client, second] = [clientFixture(realm), clientFixture(realm)];
    const session = await login(realm, client);
    const now = bed.clock.nowSeconds();
    await on(1).attach(realm, session.id, joining(session, second), now);
    expect(await on(1).removeClient(realm, session.id, second.id, false)).toBe(true);
    expect((await on(0).pair(realm, session.id, second, false))?.client).toBeUndefined();
    expect((await on(0).pair(realm, session.id, client, false))?.client).toBeDefined();
    expect((await atOnce(4, (index) => on(index).remove(realm, session.id, false))).filter(Boolean).length).toBeGreaterThanOrEqual(1);
    for (let index = 0; index < bed.count; index += 1) {
      expect(await on(index).get(realm, session.id, false)).toBeUndefined();
      expect(await on(index).pair(realm, session.id, client, false)).toBeUndefined();
      expect(await on(index).touch(realm, session.id, client, false, now, (own) => own)).toBeUndefined();
      expect(await on(index).attach(realm, session.id, joining(session, client), now)).toBeUndefined();
      expect(await on(index).update(realm, session.id, false, (found) => found)).toBeUndefined();
      expect(await on(index).remove(realm, session.id, false)).toBe(false);
    }
  });

  it('notices what changed since the caller read the session that it adds a client to', async () => {
    const realm = ownRealm();
    const [client, second] = [clientFixture(realm), clientFixture(realm)];
    const session = await login(realm, client);
    const now = bed.clock.nowSeconds();
    const [known, unknown] = [await on(0).pair(realm, session.id, client, false), await on(0).pair(realm, session.id, second, false)];
    expect([known?.client?.clientId, unknown?.client]).toEqual([client.id, undefined]);
    await on(1).touch(realm, session.id, client, false, now, (own) => ({ ...own, notes: { ...own.notes, touched: 'elsewhere' } }));
    const attached = await on(0).attach(realm, session.id, joining(session, client), now, known);
    expect(attached?.client?.version).toBeGreaterThan((known?.client?.version ?? 0) + 1);
    await on(1).remove(realm, session.id, false);
    expect(await on(0).attach(realm, session.id, joining(session, client), now, attached)).toBeUndefined();
    expect(await on(0).attach(realm, session.id, joining(session, second), now, unknown)).toBeUndefined();
    for (let index = 0; index < bed.count; index += 1) expect(await on(index).get(realm, session.id, false)).toBeUndefined();
  });

  it('keeps online and offline sessions of one id apart', async () => {
    const realm = ownRealm();
    const client = clientFixture(realm);
    const session = await login(realm, client);
    const offline = { ...session, offline: true };
    await on(1).create(realm, offline, joining(offline, client));
    expect(await on(0).remove(realm, session.id, false)).toBe(true);
    expect((await on(1).pair(realm, session.id, client, true))?.client?.offline).toBe(true);
    expect(await on(0).get(realm, session.id, false)).toBeUndefined();
    expect(await on(1).remove(realm, session.id, true)).toBe(true);
  });

  it('lists by user and by client, counts, and clears a user or a realm', async () => {
    const [realm, other] = [ownRealm(), ownRealm()];
    const [client, second] = [clientFixture(realm), clientFixture(realm)];
    const elsewhere = await login(other, clientFixture(other), { userId: 'alice' });
    const sessions: UserSession[] = [];
    for (let index = 0; index < 5; index += 1) sessions.push(await login(realm, client, { userId: index < 2 ? 'alice' : 'bob' }));
    const [first] = sessions as [UserSession];
    await on(1).attach(realm, first.id, joining(first, second), bed.clock.nowSeconds());
    const ofAlice = await on(1).ofUser(realm, 'alice', false);
    expect(ofAlice.map((row) => row.session.id).toSorted()).toEqual([sessions[0]?.id, sessions[1]?.id].toSorted());
    expect(
      ofAlice
        .find((row) => row.session.id === first.id)
        ?.clients.map((own) => own.clientId)
        .toSorted(),
    ).toEqual([client.id, second.id].toSorted());
    expect(await on(1).ofClient(realm, client.id, false, {})).toHaveLength(5);
    const pages = await atOnce(3, (index) => on(index).ofClient(realm, client.id, false, { first: index * 2, max: 2 }));
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(new Set(pages.flat().map((row) => row.session.id)).size).toBe(5);
    expect(Object.fromEntries(await on(0).countByClient(realm, false))).toEqual({ [client.id]: 5, [second.id]: 1 });
    expect((await on(1).clientsInUse(realm, false)).toSorted()).toEqual([client.id, second.id].toSorted());
    expect(await on(1).clientsInUse(realm, true)).toEqual([]);
    expect((await on(1).removeOfUser(realm, 'alice')).toSorted()).toEqual([sessions[0]?.id, sessions[1]?.id].toSorted());
    expect(await on(0).get(realm, first.id, false)).toBeUndefined();
    expect(await on(0).ofClient(realm, client.id, false, {})).toHaveLength(3);
    await on(1).removeOfRealm(realm);
    expect(await on(0).ofUser(realm, 'bob', false)).toEqual([]);
    expect((await on(1).get(other, elsewhere.id, false))?.userId).toBe('alice');
  });

  it('refuses notes that are too large', async () => {
    const realm = ownRealm();
    const client = clientFixture(realm);
    const session = newSession(realm, { notes: { big: 'x'.repeat(20_000) } });
    await expect(on(0).create(realm, session, joining(session, client))).rejects.toMatchObject({ code: 'KG_LIMIT_EXCEEDED' });
    const { id } = await login(realm, client);
    await expect(on(0).update(realm, id, false, (found) => ({ ...found, notes: { big: 'x'.repeat(20_000) } }))).rejects.toMatchObject({
      code: 'KG_LIMIT_EXCEEDED',
    });
  });
}

/** What time does to sessions. */
export function userSessionsTimes(bed: OpenBed): void {
  const on = (index: number) => bed.node(index).userSessions;
  const { login } = sessionsOf(bed);

  it('ends idle sessions to the second on every node, and those that were used at their maximum', async () => {
    const realm = ownRealm({ ssoSessionIdleTimeout: 4, ssoSessionMaxLifespan: 7 });
    const client = clientFixture(realm);
    const [idle, used] = [await login(realm, client), await login(realm, client)];
    for (let more = 0; more < 5; more += 1) await login(realm, client);
    const touch = () => on(1).touch(realm, used.id, client, false, bed.clock.nowSeconds(), (own) => own);
    await bed.advance(2);
    expect(await touch()).toBeDefined();
    await bed.advance(2.1);
    for (let index = 0; index < bed.count; index += 1) {
      expect(await on(index).get(realm, idle.id, false)).toBeUndefined();
      expect(await on(index).get(realm, used.id, false)).toBeDefined();
    }
    expect(await on(1).ofUser(realm, idle.userId, false)).toEqual([]);
    // A page is full where there are more: what is over takes no place in it.
    expect((await on(1).ofClient(realm, client.id, false, { max: 1 })).map((row) => row.session.id)).toEqual([used.id]);
    expect(await touch()).toBeDefined();
    await bed.advance(3);
    for (let index = 0; index < bed.count; index += 1) expect(await on(index).pair(realm, used.id, client, false)).toBeUndefined();
    expect(await touch()).toBeUndefined();
  });
}
