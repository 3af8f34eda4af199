import { describe, expect, it } from 'vitest';
import { furtherClient, newClientSession, newSession, openVolatileSessions } from '../testing/sessions-testbed.ts';

describe('volatile user sessions over several nodes', () => {
  it('live on the grid alone, for every node, until a logout on any', async () => {
    const bed = openVolatileSessions(2);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
    expect((await bed.node(1).pair(bed.realm, session.id, bed.client, false))?.client).toBeDefined();
    expect(await bed.node(1).remove(bed.realm, session.id, false)).toBe(true);
    expect(await bed.node(0).get(bed.realm, session.id, false)).toBeUndefined();
    expect(await bed.node(0).touch(bed.realm, session.id, bed.client, false, session.started, (own) => own)).toBeUndefined();
    expect(await bed.node(0).remove(bed.realm, session.id, false)).toBe(false);
  });

  it('let exactly one of two nodes rotate a refresh token', async () => {
    const bed = openVolatileSessions(2);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client, { notes: { token: '0' } }));
    for (let round = 0; round < 50; round += 1) {
      const rotate = (node: number) =>
        bed
          .node(node)
          .touch(bed.realm, session.id, bed.client, false, session.started + round, (own) =>
            own.notes['token'] === String(round) ? { ...own, notes: { token: String(round + 1) } } : undefined,
          );
      const winners = (await Promise.all([rotate(0), rotate(1)])).filter((one) => one !== undefined);
      expect(winners).toHaveLength(1);
    }
  });

  it('lose no client session and no note when ten nodes race', async () => {
    const bed = openVolatileSessions(10);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
    const clients = Array.from({ length: 10 }, () => furtherClient(bed));
    await Promise.all(
      clients.flatMap((client, node) => [
        bed.node(node).attach(bed.realm, session.id, newClientSession(session, client), session.started + node),
        bed.node(node).update(bed.realm, session.id, false, (own) => ({ ...own, notes: { ...own.notes, [`note-${node}`]: 'set' } })),
      ]),
    );
    const found = await bed.node(3).get(bed.realm, session.id, false);
    expect(Object.keys(found?.notes ?? {})).toHaveLength(10);
    expect(found?.lastSessionRefresh).toBe(session.started + 9);
    expect(await bed.node(4).clientsOf(bed.realm, session.id, false)).toHaveLength(11);
    expect((await bed.node(5).countByClient(bed.realm, false)).size).toBe(11);
    expect(await bed.node(6).ofClient(bed.realm, clients[0]?.id ?? '', false, { first: 0, max: 5 })).toHaveLength(1);
    expect(await bed.node(6).ofClient(bed.realm, clients[0]?.id ?? '', false, { first: 1 })).toHaveLength(0);
  });

  it('end by idle time and by maximum, and leave nothing behind', async () => {
    const bed = openVolatileSessions(1);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
    for (let hours = 0; hours < 19; hours += 1) {
      bed.clock.advanceSeconds(bed.realm.ssoSessionIdleTimeout - 1);
      const touched = await bed.node(0).touch(bed.realm, session.id, bed.client, false, bed.clock.nowSeconds(), (own) => own);
      expect(touched).toBeDefined();
    }
    bed.clock.advanceSeconds(bed.realm.ssoSessionMaxLifespan - 19 * (bed.realm.ssoSessionIdleTimeout - 1));
    expect(await bed.node(0).get(bed.realm, session.id, false)).toBeUndefined();
    bed.clock.advanceSeconds(1);
    expect(await bed.node(0).ofUser(bed.realm, session.userId, false)).toEqual([]);
  });

  it('leave offline sessions in the database, and go with them when a user is logged out', async () => {
    const bed = openVolatileSessions(2);
    const online = newSession(bed);
    const offline = newSession(bed, { offline: true });
    for (const session of [online, offline]) await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
    for (const name of bed.cluster.nodes.map((_, index) => index))
      expect(await bed.node(name).get(bed.realm, offline.id, true)).toBeDefined();
    bed.cluster.lose('offlineSessions');
    expect(await bed.node(1).get(bed.realm, offline.id, true)).toBeDefined();
    expect((await bed.node(1).removeOfUser(bed.realm, online.userId)).toSorted()).toEqual([online.id, offline.id].toSorted());
    expect(await bed.node(0).get(bed.realm, online.id, false)).toBeUndefined();
    expect(await bed.node(0).get(bed.realm, offline.id, true)).toBeUndefined();
  });
});
