import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDatabaseUrl } from '../config/database-url.ts';
import { Database } from '../database/database.ts';
import { migrate } from '../database/migrate.ts';
import { createSessionStore } from '../store/session-store.ts';
import type { SessionStore } from '../store/stores.ts';
import { realmFixture } from '../testing/fixtures.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { furtherClient, newClientSession, newSession, openSessions } from '../testing/sessions-testbed.ts';

const server = process.env['KEYGRID_TEST_DB_URL'] ?? 'postgres://postgres:postgres@127.0.0.1:5432/postgres';
const name = `keygrid_sessions_${randomBytes(5).toString('hex')}`;
const statements: string[] = [];
let database: Database;
let store: SessionStore;

async function asAdministrator(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  await asAdministrator(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  database = new Database({
    target: parseDatabaseUrl(url.href),
    logger: quietLogger,
    poolMaxSize: 12,
    onStatement: (text) => void statements.push(text),
  });
  await migrate(database, undefined, quietLogger);
  store = createSessionStore(database);
});

afterAll(async () => {
  await database?.close();
  await asAdministrator(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
});

/** Members over the real tables, in a realm of their own. */
const open = (count: number) => openSessions(count, store, realmFixture({ id: randomUUID() }));

describe('persistent user sessions over PostgreSQL', () => {
  it('give back what was stored, also after every copy was lost', async () => {
    const bed = open(2);
    const session = newSession(bed, { notes: { AUTH_TIME: '1' }, brokerSessionId: 'b', brokerUserId: 'u' });
    const client = newClientSession(session, bed.client, { redirectUri: 'https://app/', notes: { scope: 'openid', umlaut: 'ä"\u2028' } });
    await bed.node(0).create(bed.realm, session, client);
    bed.cluster.lose('sessions');
    bed.cluster.lose('clientSessions');
    const pair = await bed.node(1).pair(bed.realm, session.id, bed.client, false);
    expect(pair?.session).toEqual(session);
    expect(pair?.client).toEqual({ ...client, version: 1 });
    expect(await bed.node(1).ofUser(bed.realm, session.userId, false)).toHaveLength(1);
    expect(await bed.node(1).ofClient(bed.realm, bed.client.id, false, { first: 0, max: 10 })).toHaveLength(1);
    expect(await bed.node(1).countByClient(bed.realm, false)).toEqual(new Map([[bed.client.id, 1]]));
  });

  it('cost one statement for a login and less than half of one for each of many refreshes', async () => {
    const bed = open(1);
    const sessions = Array.from({ length: 8 }, () => newSession(bed));
    statements.length = 0;
    await bed.node(0).create(bed.realm, sessions[0] ?? expect.fail(), newClientSession(sessions[0] ?? expect.fail(), bed.client));
    expect(statements).toEqual(['session-flush']);
    await Promise.all(sessions.slice(1).map((session) => bed.node(0).create(bed.realm, session, newClientSession(session, bed.client))));
    statements.length = 0;
    for (let round = 1; round <= 5; round += 1) {
      await Promise.all(
        sessions.map((session) => bed.node(0).touch(bed.realm, session.id, bed.client, false, session.started + round, (own) => own)),
      );
    }
    expect(new Set(statements)).toEqual(new Set(['session-flush']));
    expect(statements.length / (5 * sessions.length)).toBeLessThan(0.5);
  });

  it('let exactly one of two nodes rotate a token, and the loser lose nothing of the winner', async () => {
    const bed = open(2);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client, { notes: { token: '0' } }));
    for (let round = 0; round < 25; round += 1) {
      const rotate = (node: number) =>
        bed
          .node(node)
          .touch(bed.realm, session.id, bed.client, false, session.started + round, (own) =>
            own.notes['token'] === String(round) ? { ...own, notes: { token: String(round + 1) } } : undefined,
          );
      const results = await Promise.all([rotate(0), rotate(1)]);
      expect(results.filter((one) => one !== undefined)).toHaveLength(1);
    }
  });

  it('lose no client session, no note and no count when ten nodes race on one session', async () => {
    const bed = open(10);
    const session = newSession(bed);
    await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client, { notes: { count: '0' } }));
    const clients = Array.from({ length: 10 }, () => furtherClient(bed));
    await Promise.all(
      clients.flatMap((client, node) => [
        bed.node(node).attach(bed.realm, session.id, newClientSession(session, client), session.started + node),
        bed.node(node).update(bed.realm, session.id, false, (own) => ({ ...own, notes: { ...own.notes, [`note-${node}`]: 'set' } })),
        bed.node(node).touch(bed.realm, session.id, bed.client, false, session.started + node, (own) => ({
          ...own,
          notes: { count: String(Number(own.notes['count']) + 1) },
        })),
      ]),
    );
    const row = await store.load(bed.realm.id, session.id, false);
    expect(row?.clients).toHaveLength(11);
    expect(Object.keys(row?.session.notes ?? {})).toHaveLength(10);
    expect(row?.session.lastSessionRefresh).toBe(session.started + 9);
    expect(row?.clients.find((one) => one.clientId === bed.client.id)?.notes['count']).toBe('10');
    expect((await bed.node(7).get(bed.realm, session.id, false))?.notes).toEqual(row?.session.notes);
  });

  it('do not block each other in a circle when many sessions are written from many nodes', async () => {
    const bed = open(6);
    const sessions = Array.from({ length: 20 }, () => newSession(bed));
    await Promise.all(sessions.map((session) => bed.node(0).create(bed.realm, session, newClientSession(session, bed.client))));
    statements.length = 0;
    await Promise.all(
      Array.from({ length: 6 }, (_, node) => (node % 2 === 0 ? sessions : sessions.toReversed()).map((session) => ({ node, session })))
        .flat()
        .map(({ node, session }) =>
          bed.node(node).attach(bed.realm, session.id, newClientSession(session, furtherClient(bed)), session.started + node),
        ),
    );
    for (const session of sessions) expect((await store.load(bed.realm.id, session.id, false))?.clients).toHaveLength(7);
  });

  it('end on B with the next request after a logout on A, whatever else is being written', async () => {
    const bed = open(2);
    for (let round = 0; round < 10; round += 1) {
      const session = newSession(bed);
      await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
      const noise = [1, 2, 3].map((at) => bed.node(1).touch(bed.realm, session.id, bed.client, false, session.started + at, (own) => own));
      const joins = [1, 2].map(() =>
        bed.node(1).attach(bed.realm, session.id, newClientSession(session, furtherClient(bed)), session.started),
      );
      expect(await bed.node(0).remove(bed.realm, session.id, false)).toBe(true);
      expect(await bed.node(1).get(bed.realm, session.id, false)).toBeUndefined();
      await Promise.all([...noise, ...joins]);
      expect(await bed.node(1).pair(bed.realm, session.id, bed.client, false)).toBeUndefined();
      expect(await store.load(bed.realm.id, session.id, false)).toBeUndefined();
    }
  });

  it('are swept by bounds, in batches, and go with their user and their realm', async () => {
    const bed = open(1);
    const old = newSession(bed, { started: 1_000, lastSessionRefresh: 2_000 });
    const young = newSession(bed);
    const offline = newSession(bed, { offline: true, started: 1_000, lastSessionRefresh: 2_000 });
    for (const session of [old, young, offline]) await bed.node(0).create(bed.realm, session, newClientSession(session, bed.client));
    const bounds = { realmId: bed.realm.id, offline: false, rememberMe: false, idleBefore: 3_000, startedBefore: 0 };
    const elsewhere = { ...bounds, realmId: 'another' };
    expect(await store.expired([elsewhere, bounds, { ...bounds, rememberMe: true }])).toEqual([1]);
    expect(await store.sweep(elsewhere, 10)).toEqual([]);
    expect(await store.sweep(bounds, 10)).toEqual([{ id: old.id, userId: old.userId }]);
    expect(await store.sweep(bounds, 10)).toEqual([]);
    expect(await store.expired([elsewhere, bounds])).toEqual([]);
    expect((await bed.node(0).removeOfUser(bed.realm, young.userId)).toSorted()).toEqual([young.id, offline.id].toSorted());
    await bed.node(0).create(bed.realm, young, newClientSession(young, bed.client));
    await bed.node(0).removeOfRealm(bed.realm);
    expect(await bed.node(0).get(bed.realm, young.id, false)).toBeUndefined();
  });
});
