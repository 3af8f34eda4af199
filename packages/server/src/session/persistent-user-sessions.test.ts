import { describe, expect, it } from 'vitest';
import { newClientSession, newSession, openSessions } from '../testing/sessions-testbed.ts';

describe('persistent user sessions over several nodes', () => {
  it('finds on B what was created on A, without asking the database', async () => {
    const bed = openSessions(2);
    const { realm, client, store } = bed;
    const session = newSession(bed);
    await bed.node(0).create(realm, session, newClientSession(session, client));
    const pair = await bed.node(1).pair(realm, session.id, client, false);
    expect(pair?.session.userId).toBe(session.userId);
    expect(pair?.client?.clientId).toBe(client.id);
    expect(store.loads).toBe(0);
    expect(store.flushes).toBe(1);
  });

  it('ends a session on B with the next request after a logout on A', async () => {
    const bed = openSessions(2);
    const { realm, client } = bed;
    const session = newSession(bed);
    await bed.node(0).create(realm, session, newClientSession(session, client));
    expect(await bed.node(1).get(realm, session.id, false)).toBeDefined();
    expect(await bed.node(0).remove(realm, session.id, false)).toBe(true);
    expect(await bed.node(1).get(realm, session.id, false)).toBeUndefined();
    expect(await bed.node(1).touch(realm, session.id, client, false, session.started + 5, (own) => own)).toBeUndefined();
    expect(await bed.node(1).remove(realm, session.id, false)).toBe(false);
  });

  it('survives the loss of every copy on the grid', async () => {
    const bed = openSessions(2);
    const { realm, client, cluster, store } = bed;
    const session = newSession(bed);
    await bed.node(0).create(realm, session, newClientSession(session, client));
    cluster.lose('sessions');
    cluster.lose('clientSessions');
    expect((await bed.node(1).pair(realm, session.id, client, false))?.client).toBeDefined();
    expect((await bed.node(0).pair(realm, session.id, client, false))?.client).toBeDefined();
    expect(store.loads).toBe(1);
  });

  it('does not let a slow load bring back a session that was removed meanwhile', async () => {
    const bed = openSessions(2);
    const { realm, client, cluster, store } = bed;
    const session = newSession(bed);
    await bed.node(0).create(realm, session, newClientSession(session, client));
    cluster.lose('sessions');
    const gate = Promise.withResolvers<void>();
    store.afterLoad = () => gate.promise;
    const slow = bed.node(1).get(realm, session.id, false);
    await expect.poll(() => store.loads).toBe(1);
    store.afterLoad = () => undefined;
    await bed.node(0).remove(realm, session.id, false);
    gate.resolve();
    await slow;
    expect(await bed.node(1).get(realm, session.id, false)).toBeUndefined();
  });

  it('reads the database, and caches nothing, while the owner of the copy does not answer', async () => {
    const bed = openSessions(2);
    const { realm, client, cluster } = bed;
    const session = newSession(bed);
    await bed.node(0).create(realm, session, newClientSession(session, client));
    cluster.node(1).failure = 'GRID_TIMEOUT';
    expect((await bed.node(1).pair(realm, session.id, client, false))?.client).toBeDefined();
    expect(await bed.node(1).touch(realm, session.id, client, false, session.started + 9, (own) => own)).toBeDefined();
    cluster.node(1).failure = undefined;
    expect((await bed.node(0).touch(realm, session.id, client, false, session.started + 10, (own) => own))?.client?.timestamp).toBe(
      session.started + 10,
    );
  });

  it('refuses with 503 on a fenced node, and does not report a logout that readers could miss', async () => {
    const bed = openSessions(2);
    const { realm, client, cluster } = bed;
    const session = newSession(bed);
    await bed.node(0).create(realm, session, newClientSession(session, client));
    cluster.node(1).failure = 'GRID_FENCED';
    await expect(bed.node(1).get(realm, session.id, false)).rejects.toMatchObject({ statusCode: 503, code: 'KG_NODE_FENCED' });
    await expect(bed.node(1).remove(realm, session.id, false)).rejects.toMatchObject({ statusCode: 503 });
    cluster.node(1).failure = undefined;
    expect(await bed.node(0).get(realm, session.id, false)).toBeDefined();
  });

  it('keeps the sessions of one realm out of another', async () => {
    const bed = openSessions(1);
    const { realm, otherRealm, client } = bed;
    const session = newSession(bed);
    await bed.node(0).create(realm, session, newClientSession(session, client));
    expect(await bed.node(0).get(otherRealm, session.id, false)).toBeUndefined();
    expect(await bed.node(0).get(realm, session.id, true)).toBeUndefined();
    expect(await bed.node(0).get(realm, `${session.id}'; drop`, false)).toBeUndefined();
  });

  it('reads exactly to the second when a session ends, and believes the database over an old copy', async () => {
    const bed = openSessions(2);
    const { realm, client, clock, cluster } = bed;
    const session = newSession(bed);
    await bed.node(0).create(realm, session, newClientSession(session, client));
    clock.advanceSeconds(realm.ssoSessionIdleTimeout - 1);
    const old = structuredClone(cluster.shared('sessions').entries.get(session.id));
    expect(await bed.node(0).touch(realm, session.id, client, false, clock.nowSeconds(), (own) => own)).toBeDefined();
    if (old !== undefined) cluster.shared('sessions').entries.set(session.id, { ...old, expiresAtMs: Number.POSITIVE_INFINITY });
    clock.advanceSeconds(1);
    expect(await bed.node(1).get(realm, session.id, false)).toBeDefined();
    clock.advanceSeconds(realm.ssoSessionIdleTimeout - 1);
    expect(await bed.node(1).get(realm, session.id, false)).toBeUndefined();
  });

  it('lets a new login take the id of a session that is over, and not that of a living one', async () => {
    const bed = openSessions(2);
    const { realm, client, clock } = bed;
    const first = newSession(bed);
    await bed.node(0).create(realm, first, newClientSession(first, client));
    await expect(bed.node(1).create(realm, first, newClientSession(first, client))).rejects.toMatchObject({ code: 'KG_STORE_DUPLICATE' });
    clock.advanceSeconds(realm.ssoSessionMaxLifespan + 1);
    const second = { ...first, userId: 'somebody-else', started: clock.nowSeconds(), lastSessionRefresh: clock.nowSeconds() };
    await bed.node(1).create(realm, second, newClientSession(second, client));
    expect((await bed.node(0).get(realm, first.id, false))?.userId).toBe('somebody-else');
  });

  it('ends all sessions of a user, online and offline, for every node', async () => {
    const bed = openSessions(2);
    const { realm, client } = bed;
    const online = newSession(bed);
    const offline = { ...newSession(bed), offline: true };
    const other = { ...newSession(bed), userId: 'another' };
    for (const session of [online, offline, other]) await bed.node(0).create(realm, session, newClientSession(session, client));
    expect((await bed.node(1).removeOfUser(realm, online.userId)).toSorted()).toEqual([online.id, offline.id].toSorted());
    expect(await bed.node(0).get(realm, online.id, false)).toBeUndefined();
    expect(await bed.node(0).get(realm, offline.id, true)).toBeUndefined();
    expect(await bed.node(0).get(realm, other.id, false)).toBeDefined();
    await bed.node(0).removeOfRealm(realm);
    expect(await bed.node(1).get(realm, other.id, false)).toBeUndefined();
  });
});
