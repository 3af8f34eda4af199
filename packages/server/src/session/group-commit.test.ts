import { describe, expect, it } from 'vitest';
import { ServerError } from '../http/errors.ts';
import { MemorySessionStore } from '../testing/memory-session-store.ts';
import { newClientSession, newSession, openSessions } from '../testing/sessions-testbed.ts';
import { GroupCommit } from './group-commit.ts';

const bed = openSessions(1);

function stored(count: number) {
  const store = new MemorySessionStore();
  const writer = new GroupCommit(store);
  const sessions = Array.from({ length: count }, () => newSession(bed));
  const references = sessions.map(({ realmId, id, offline }) => ({ realmId, id, offline }));
  const insertAll = () =>
    Promise.all(
      sessions.flatMap((session) => [
        writer.insert(session),
        writer.putClient(session, bed.client.id, undefined, () => newClientSession(session, bed.client)),
      ]),
    );
  return { store, writer, sessions, references, insertAll };
}

describe('group commit', () => {
  it('commits a hundred sessions that arrive together at once', async () => {
    const { store, sessions, insertAll } = stored(100);
    await insertAll();
    expect(store.flushes).toBe(1);
    expect(store.rows.size).toBe(sessions.length);
  });

  it('gathers what arrives during a commit in the next one, and lets nobody wait for a third', async () => {
    const { store, writer, references, insertAll } = stored(50);
    await insertAll();
    const gate = Promise.withResolvers<void>();
    store.beforeFlush = () => gate.promise;
    const first = writer.touch(references[0] ?? expect.fail(), 10);
    await expect.poll(() => store.flushes).toBe(2);
    const rest = references.map((reference, index) => writer.touch(reference, 20 + index));
    const logout = writer.remove(references[3] ?? expect.fail());
    store.beforeFlush = () => undefined;
    gate.resolve();
    expect(await first).toBe('applied');
    expect((await Promise.all(rest)).filter((result) => result === 'missing')).toHaveLength(1);
    expect(await logout).toBe(true);
    expect(store.flushes).toBe(3);
  });

  it('writes one row for many refreshes of one session', async () => {
    const { store, writer, sessions, references, insertAll } = stored(1);
    await insertAll();
    const session = sessions[0] ?? expect.fail();
    const reference = references[0] ?? expect.fail();
    const before = writer.statistics.rows;
    const known = { ...newClientSession(session, bed.client), version: 1 };
    const refresh = (at: number) =>
      Promise.all([
        writer.putClient(
          reference,
          bed.client.id,
          known,
          (own) => own && { ...own, timestamp: at, notes: { count: String(Number(own.notes['count'] ?? 0) + 1) } },
        ),
        writer.touch(reference, at),
      ]);
    const results = await Promise.all(Array.from({ length: 40 }, (_, index) => refresh(session.started + index)));
    expect(results.every(([put, touch]) => put.result === 'applied' && touch === 'applied')).toBe(true);
    expect(writer.statistics.rows - before).toBe(2);
    expect(writer.statistics.coalesced).toBe(78);
    const row = await store.load(reference.realmId, reference.id, false);
    expect(row?.clients[0]?.notes['count']).toBe('40');
    expect(row?.session.lastSessionRefresh).toBe(session.started + 39);
  });

  it('does not build on a change that lost its race', async () => {
    const { store, writer, sessions, references, insertAll } = stored(1);
    await insertAll();
    const reference = references[0] ?? expect.fail();
    const known = { ...newClientSession(sessions[0] ?? expect.fail(), bed.client), version: 1 };
    const gate = Promise.withResolvers<void>();
    store.beforeFlush = () => gate.promise;
    const first = writer.putClient(reference, bed.client.id, known, (own) => own && { ...own, notes: { by: 'first' } });
    await expect.poll(() => store.flushes).toBe(2);
    const second = writer.putClient(reference, bed.client.id, known, (own) => own && { ...own, notes: { ...own.notes, and: 'second' } });
    const other = new GroupCommit(new MemorySessionStore(store.rows));
    expect((await other.putClient(reference, bed.client.id, known, (own) => own && { ...own, notes: { by: 'another node' } })).result).toBe(
      'applied',
    );
    gate.resolve();
    expect((await first).result).toBe('conflict');
    expect((await second).result).toBe('conflict');
    expect((await store.load(reference.realmId, reference.id, false))?.clients[0]?.notes).toEqual({ by: 'another node' });
  });

  it('fails a row that the database refuses, and not its neighbours', async () => {
    const { store, writer, sessions } = stored(8);
    const bad = sessions[5] ?? expect.fail();
    store.beforeFlush = (changes) => {
      if (changes.some((change) => change.kind === 'insert-session' && change.session.id === bad.id)) {
        throw Object.assign(new Error('value too long'), { code: '22001' });
      }
    };
    const results = await Promise.allSettled(sessions.map((session) => writer.insert(session)));
    expect(results.map((one) => one.status)).toEqual(sessions.map((session) => (session === bad ? 'rejected' : 'fulfilled')));
  });

  it('takes a constraint that a racing transaction made true for what it means', async () => {
    const { store, writer, sessions } = stored(3);
    const taken = sessions[1] ?? expect.fail();
    store.beforeFlush = (changes) => {
      const bad = changes.some((change) => change.kind === 'insert-session' && change.session.id === taken.id);
      if (bad) throw new ServerError('KG_STORE_DUPLICATE', 'taken', { cause: Object.assign(new Error(), { code: '23505' }) });
    };
    expect(await Promise.all(sessions.map((session) => writer.insert(session)))).toEqual(['applied', 'conflict', 'applied']);
  });

  it('repeats a flush that lost a deadlock, and reports a database that is gone', async () => {
    const { store, writer, sessions } = stored(2);
    let failures = 1;
    store.beforeFlush = () => {
      if (failures-- > 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    };
    expect(await writer.insert(sessions[0] ?? expect.fail())).toBe('applied');
    store.beforeFlush = () => Promise.reject(new ServerError('KG_DATABASE_UNAVAILABLE', 'no answer'));
    await expect(writer.insert(sessions[1] ?? expect.fail())).rejects.toMatchObject({ statusCode: 503 });
    store.beforeFlush = () => undefined;
    expect(await writer.insert(sessions[1] ?? expect.fail())).toBe('applied');
  });

  it('answers 503 when too many wait', async () => {
    const { store, sessions } = stored(4);
    const writer = new GroupCommit(store, 3);
    const results = await Promise.allSettled(sessions.map((session) => writer.insert(session)));
    const refused = results.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'KG_WRITER_OVERLOAD', statusCode: 503 });
  });
});
