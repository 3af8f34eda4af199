import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Link } from '../chaos/link.ts';
import { soloView, withoutMembers } from '../membership/rebalance.ts';
import type { ViewBody } from '../protocol/types.ts';
import type { AuthorityAnswer } from './authority.ts';
import { idsPerTimeline } from './memory-state.ts';
import { PostgresAuthority } from './postgres.ts';

const server = { host: '127.0.0.1', port: 5432, user: 'postgres', password: 'postgres' };
const database = `grid_authority_${process.pid}`;
const open: PostgresAuthority[] = [];
let clusters = 0;

async function admin(text: string): Promise<void> {
  const client = new pg.Client({ ...server, database: 'postgres' });
  await client.connect();
  await client.query(text);
  await client.end();
}
function authority(cluster: string): PostgresAuthority {
  const made = new PostgresAuthority({ connection: { ...server, database }, cluster });
  open.push(made);
  return made;
}
function newCluster(): string {
  clusters += 1;
  return `cluster-${clusters}`;
}
const register = (on: PostgresAuthority, port: number) =>
  on.execute({
    kind: 'register',
    registration: { name: `node-${port}`, address: { host: '127.0.0.1', port }, labels: {}, process: '' },
    knownEpoch: 0,
  });
const ownRow = (answer: AuthorityAnswer) => answer.rows.filter(({ id }) => id === answer.id)[0] as AuthorityAnswer['rows'][number];
const change = (on: PostgresAuthority, expectedEpoch: number, view: ViewBody, gone: { id: number; beat: number }[] = []) =>
  on.execute({ kind: 'change', expectedEpoch, view, gone, revoked: [] });

beforeAll(async () => {
  await admin(`CREATE DATABASE ${database}`);
  await Promise.all(Array.from({ length: 5 }, () => authority('schema').ensureSchema()));
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await admin(`DROP DATABASE ${database} WITH (FORCE)`);
});

describe('the PostgreSQL authority', () => {
  it('gives ten concurrent starters on an empty table ten ids and one first view', async () => {
    const cluster = newCluster();
    const starters = Array.from({ length: 10 }, () => authority(cluster));
    const answers = await Promise.all(starters.map((each, index) => register(each, 7_800 + index)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(10);
    const inserted = await Promise.all(
      starters.map((each, index) => change(each, 0, soloView(answers[index]?.timeline ?? 0, 1, ownRow(answers[index] as AuthorityAnswer)))),
    );
    expect(inserted.filter(({ accepted }) => accepted)).toHaveLength(1);
    expect(new Set(inserted.map(({ view }) => JSON.stringify(view))).size).toBe(1);
    expect(inserted[0]?.view?.members).toHaveLength(1);
  });

  it('lets one of two racing changes of the same epoch win and shows the winner to the loser', async () => {
    const cluster = newCluster();
    const [left, right] = [authority(cluster), authority(cluster)];
    const row = ownRow(await register(left, 7_800));
    await change(left, 0, soloView(1, 1, row));
    const results = await Promise.all([change(left, 1, soloView(1, 2, row)), change(right, 1, soloView(1, 2, { ...row, name: 'other' }))]);
    expect(results.map(({ accepted }) => accepted).sort()).toEqual([false, true]);
    expect(results[0]?.view).toEqual(results[1]?.view);
  });

  it('counts beats, refuses an eviction against a renewed beat, and refuses beats after one that succeeded', async () => {
    const cluster = newCluster();
    const [left, right] = [authority(cluster), authority(cluster)];
    const [first, second] = [await register(left, 7_800), await register(right, 7_801)];
    const solo = soloView(first.timeline, 1, ownRow(first));
    const both = {
      ...solo,
      members: [...solo.members, { ...(solo.members[0] as ViewBody['members'][number]), id: second.id, incarnation: second.id }],
    };
    await change(left, 0, both);
    const beat = () => right.execute({ kind: 'beat', id: second.id, incarnation: second.incarnation, heard: [first.id], knownEpoch: 1 });
    expect((await beat()).accepted).toBe(true);
    const next = withoutMembers(both, new Set([second.id]));
    expect((await change(left, 1, next, [{ id: second.id, beat: 0 }])).accepted).toBe(false);
    const seen = await left.execute({ kind: 'read', knownEpoch: 1 });
    expect(seen.rows.find(({ id }) => id === second.id)).toMatchObject({ beat: 1, heard: [first.id] });
    expect((await change(left, 1, next, [{ id: second.id, beat: 1 }])).accepted).toBe(true);
    const refused = await beat();
    expect(refused.accepted).toBe(false);
    expect(refused.view).toEqual(next);
  });

  it('never lets both a beat and the eviction that saw the beat before it succeed', async () => {
    const cluster = newCluster();
    const [left, right] = [authority(cluster), authority(cluster)];
    const first = await register(left, 7_800);
    let view = soloView(first.timeline, 1, ownRow(first));
    await change(left, 0, view);
    for (let round = 0; round < 20; round += 1) {
      const second = await register(right, 7_801);
      const next = { ...view, epoch: view.epoch + 1 };
      const [beat, evicted] = await Promise.all([
        right.execute({ kind: 'beat', id: second.id, incarnation: second.id, heard: [], knownEpoch: 0 }),
        change(left, view.epoch, next, [{ id: second.id, beat: 0 }]),
      ]);
      expect([beat.accepted, evicted.accepted].filter(Boolean)).toHaveLength(1);
      if (evicted.accepted) view = next;
    }
  });

  it('admits nobody whose row is gone, or revoked, however lately it was read', async () => {
    const on = authority(newCluster());
    const [first, second] = [await register(on, 7_800), await register(on, 7_801)];
    const view = soloView(first.timeline, 1, ownRow(first));
    await change(on, 0, view);
    const admit = () =>
      on.execute({ kind: 'change', expectedEpoch: 1, view: { ...view, epoch: 2 }, gone: [], revoked: [], admitted: [second.id] });
    await on.execute({ kind: 'leave', id: second.id, incarnation: second.incarnation, remove: true, knownEpoch: 0 });
    expect((await admit()).accepted).toBe(false);
    const third = await register(on, 7_802);
    const request = { kind: 'change' as const, expectedEpoch: 1, view: { ...view, epoch: 2 }, gone: [], revoked: [], admitted: [third.id] };
    expect((await on.execute(request)).accepted).toBe(true);
  });

  it('puts back rows that a fail-over forgot, gives ids above those of older timelines, and refuses views of another one', async () => {
    const on = authority(newCluster());
    const answer = await register(on, 7_800);
    const view = soloView(answer.timeline, 1, ownRow(answer));
    expect((await change(on, 0, { ...view, timeline: answer.timeline + 1 })).accepted).toBe(false);
    await change(on, 0, view);
    const forgotten = { ...ownRow(answer), id: answer.id - 1, state: 'active' as const };
    const request = { kind: 'change' as const, expectedEpoch: 1, gone: [], revoked: [], restored: [forgotten] };
    const restored = await on.execute({ ...request, view: { ...view, epoch: 1_001 } });
    expect(restored.rows.map(({ id }) => id)).toEqual([answer.id - 1, answer.id]);
    const { id, timeline } = await register(on, 7_801);
    expect(Math.floor(id / idsPerTimeline)).toBe(timeline - 1);
  });

  it('ends the session that it lost before it uses another one, so that nothing of it takes effect any more', async () => {
    const cluster = newCluster();
    const [broken, whole] = [await Link.to(server.port), await Link.to(server.port)];
    let way = broken;
    const connection = {
      ...server,
      database,
      get port(): number {
        return way.port;
      },
    };
    const cut = new PostgresAuthority({ connection, cluster });
    open.push(cut);
    const first = await register(cut, 7_800);
    const sessions = async (): Promise<string[]> => {
      const client = new pg.Client({ ...server, database });
      await client.connect();
      const { rows } = await client.query<{ pid: string }>(
        `SELECT pid::text FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND granted`,
        [first.id],
      );
      await client.end();
      return rows.map(({ pid }) => pid);
    };
    const [former] = await sessions();
    // The server's end stays, and is not told that it is over.
    broken.forward.stalled = true;
    broken.changed();
    await expect(cut.execute({ kind: 'read', knownEpoch: 0 })).rejects.toThrow();
    expect(await sessions()).toEqual([former]);
    way = whole;
    const again = () =>
      cut.execute({ kind: 'read', knownEpoch: 0 }).then(
        (answer) => answer.rows.length,
        () => 0,
      );
    await expect.poll(again).toBe(1);
    expect(await sessions()).not.toContain(former);
    await Promise.all([broken.close(), whole.close()]);
  });

  it('connects again after its session was ended by the server', async () => {
    const cluster = newCluster();
    const cut = authority(cluster);
    await register(cut, 7_800);
    await admin(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND application_name = 'keygrid membership'`,
    );
    const rows = () =>
      cut.execute({ kind: 'read', knownEpoch: 0 }).then(
        (answer) => answer.rows.length,
        () => 0,
      );
    await expect.poll(rows).toBe(1);
  });
});
