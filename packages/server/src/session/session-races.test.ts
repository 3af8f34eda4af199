import { describe, expect, it } from 'vitest';
import { furtherClient, newClientSession, newSession, openSessions } from '../testing/sessions-testbed.ts';

describe('races on one session', () => {
  it('lets exactly one of two nodes rotate a refresh token, fifty times over', async () => {
    const bed = openSessions(2);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client, { notes: { token: '0' } }));
    for (let round = 0; round < 50; round += 1) {
      const rotate = (node: number) =>
        bed
          .node(node)
          .touch(bed.realm, session.id, bed.client, false, session.started + round, (own) =>
            own.notes['token'] === String(round) ? { ...own, notes: { token: String(round + 1) } } : undefined,
          );
      const winners = (await Promise.all([rotate(0), rotate(1), rotate(0)])).filter((one) => one !== undefined);
      expect(winners).toHaveLength(1);
    }
  });

  it('loses no client session and no count when ten nodes join one session at the same time', async () => {
    const bed = openSessions(10);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client, { notes: { count: '0' } }));
    const clients = Array.from({ length: 10 }, () => furtherClient(bed));
    const count = (node: number) =>
      bed.node(node).touch(bed.realm, session.id, bed.client, false, session.started + node, (own) => ({
        ...own,
        notes: { count: String(Number(own.notes['count']) + 1) },
      }));
    const joins = clients.map((client, node) =>
      bed.node(node).attach(bed.realm, session.id, newClientSession(session, client), session.started + node),
    );
    const results = await Promise.all([...joins, ...clients.map((_, node) => count(node))]);
    expect(results.every((one) => one !== undefined)).toBe(true);
    for (const [index, client] of clients.entries()) {
      const pair = await bed.node((index + 3) % 10).pair(bed.realm, session.id, client, false);
      expect(pair?.client?.clientId).toBe(client.id);
    }
    const own = await bed.node(5).pair(bed.realm, session.id, bed.client, false);
    expect(own?.client?.notes['count']).toBe('10');
    expect(own?.session.lastSessionRefresh).toBe(session.started + 9);
    expect(await bed.node(2).clientsOf(bed.realm, session.id, false)).toHaveLength(11);
  });

  it('keeps every note when ten nodes write notes of one session', async () => {
    const bed = openSessions(10);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
    const names = Array.from({ length: 10 }, (_, node) => `note-${node}`);
    await Promise.all(
      names.map((name, node) =>
        bed.node(node).update(bed.realm, session.id, false, (own) => ({ ...own, notes: { ...own.notes, [name]: 'set' } })),
      ),
    );
    expect(Object.keys((await bed.node(4).get(bed.realm, session.id, false))?.notes ?? {}).toSorted()).toEqual(names);
  });

  it('never moves the last refresh back', async () => {
    const bed = openSessions(2);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
    await bed.node(0).touch(bed.realm, session.id, bed.client, false, session.started + 20, (own) => own);
    const later = await bed.node(1).touch(bed.realm, session.id, bed.client, false, session.started + 10, (own) => own);
    expect(later?.session.lastSessionRefresh).toBe(session.started + 20);
    expect(later?.client?.timestamp).toBe(session.started + 20);
  });

  it('asks the database before it refuses a token that only an old copy does not know', async () => {
    const bed = openSessions(2);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client, { notes: { token: 'a' } }));
    const key = `${session.id}:${bed.client.id}`;
    const old = structuredClone(bed.cluster.shared('clientSessions').entries.get(key));
    const rotate = (node: number, from: string, to: string) =>
      bed
        .node(node)
        .touch(bed.realm, session.id, bed.client, false, session.started, (own) =>
          own.notes['token'] === from ? { ...own, notes: { token: to } } : undefined,
        );
    expect(await rotate(0, 'a', 'b')).toBeDefined();
    if (old !== undefined) bed.cluster.shared('clientSessions').entries.set(key, old);
    expect(await rotate(1, 'b', 'c')).toBeDefined();
    expect(await rotate(0, 'a', 'x')).toBeUndefined();
  });

  it('ends one client session for every node and leaves the others', async () => {
    const bed = openSessions(2);
    const session = newSession(bed);
    const second = furtherClient(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
    await bed.node(1).attach(bed.realm, session.id, newClientSession(session, second), session.started + 1);
    expect(await bed.node(0).removeClient(bed.realm, session.id, bed.client.id, false)).toBe(true);
    expect((await bed.node(1).pair(bed.realm, session.id, bed.client, false))?.client).toBeUndefined();
    expect((await bed.node(1).pair(bed.realm, session.id, second, false))?.client).toBeDefined();
    const again = await bed.node(1).attach(bed.realm, session.id, newClientSession(session, bed.client), session.started + 2);
    expect(again?.client).toBeDefined();
    expect((await bed.node(0).pair(bed.realm, session.id, bed.client, false))?.client).toBeDefined();
  });

  it('never shows a logged-out session again, whatever else is under way', async () => {
    for (let round = 0; round < 30; round += 1) {
      const bed = openSessions(3);
      const session = newSession(bed);
      await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
      if (round % 2 === 0) bed.cluster.lose('sessions');
      const noise = [0, 1, 2].flatMap((node) => [
        bed.node(node).touch(bed.realm, session.id, bed.client, false, session.started + node + 1, (own) => own),
        bed.node(node).attach(bed.realm, session.id, newClientSession(session, furtherClient(bed)), session.started + 1),
        bed.node(node).pair(bed.realm, session.id, bed.client, false),
      ]);
      for (let turn = 0; turn < round % 7; turn += 1) await Promise.resolve();
      await bed.node(round % 3).remove(bed.realm, session.id, false);
      expect(await bed.node((round + 1) % 3).get(bed.realm, session.id, false)).toBeUndefined();
      await Promise.all(noise);
      for (const node of [0, 1, 2]) expect(await bed.node(node).get(bed.realm, session.id, false)).toBeUndefined();
    }
  });
});
