import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseCertificateStore } from './testing/database-store.ts';
import { MemberProcess } from './testing/member-process.ts';

const base = process.env['KEYGRID_TEST_DB_URL'] ?? 'postgres://postgres:postgres@127.0.0.1:5432/postgres';
const database = `grid_processes_${process.pid}`;
const url = Object.assign(new URL(base), { pathname: `/${database}` }).toString();

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: base });
  await client.connect();
  await client.query(sql);
  await client.end();
}

describe('members in processes of their own', () => {
  const members = new Map<string, MemberProcess>();
  const all: MemberProcess[] = [];
  const written = new Map<string, string>();
  let counter = 0;

  const begin = async (name: string): Promise<void> => {
    const member = new MemberProcess(name, url);
    members.set(name, member);
    all.push(member);
    await member.started;
  };
  const living = () => [...members.values()];
  const member = (name: string): MemberProcess => {
    const found = members.get(name);
    if (found === undefined) throw new Error(`no member ${name}`);
    return found;
  };
  const settle = async (names: readonly string[]): Promise<void> => {
    await expect
      .poll(
        async () => {
          const states = await Promise.all(names.map((name) => member(name).state()));
          return states.map(
            (state) => `${state.epoch === states[0]?.epoch} ${state.phase} ${state.ready} ${[...state.members].sort().join()}`,
          );
        },
        { interval: 100 },
      )
      .toEqual(names.map(() => `true STABLE true ${[...names].sort().join()}`));
  };
  /** Puts what must be there from now on: only acknowledged writes count. */
  const write = async (count: number): Promise<void> => {
    const writers = living();
    await Promise.all(
      Array.from({ length: count }, async () => {
        counter += 1;
        const key = `key-${counter}`;
        await writers[counter % writers.length]?.ask('put', key, `value-${key}`);
        written.set(key, `value-${key}`);
      }),
    );
  };
  const verify = async (): Promise<void> => {
    const readers = living();
    const entries = [...written];
    const values = await Promise.all(entries.map(([key], index) => readers[index % readers.length]?.ask<string>('get', key)));
    expect(values).toEqual(entries.map(([, value]) => value));
  };

  beforeAll(async () => {
    await admin(`CREATE DATABASE ${database}`);
    const store = new DatabaseCertificateStore(url);
    await store.prepare();
    await store.close();
  });
  afterAll(async () => {
    for (const each of all) each.signal('SIGKILL');
    await Promise.all(all.map((each) => each.exited));
    await admin(`DROP DATABASE ${database} WITH (FORCE)`);
  });

  it('that start at once form one view', async () => {
    await Promise.all(['n1', 'n2', 'n3'].map(begin));
    await settle(['n1', 'n2', 'n3']);
    await write(60);
    await verify();
  });

  it('let one of three racing callers take a value', async () => {
    await member('n1').ask('put', 'ticket', 'once');
    const taken = await Promise.all(living().map((each) => each.ask('take', 'ticket')));
    expect(taken.filter((value) => value !== null)).toEqual(['once']);
  });

  it('lose nothing acknowledged when the coordinator is killed, and take it back in', async () => {
    const coordinator = (await member('n1').state()).coordinator ?? '';
    member(coordinator).signal('SIGKILL');
    await member(coordinator).exited;
    members.delete(coordinator);
    await settle([...members.keys()]);
    await verify();
    await write(30);
    await begin(coordinator);
    await settle(['n1', 'n2', 'n3']);
    await verify();
  });

  it('evict a stopped member and nobody else; awake again it fences itself and comes back', async () => {
    const { coordinator } = await member('n1').state();
    const name = ['n3', 'n2', 'n1'].find((each) => each !== coordinator) ?? 'n3';
    const stopped = member(name);
    const others = ['n1', 'n2', 'n3'].filter((each) => each !== name);
    stopped.signal('SIGSTOP');
    members.delete(name);
    await settle(others);
    await verify();
    await write(30);
    stopped.signal('SIGCONT');
    members.set(name, stopped);
    await settle(['n1', 'n2', 'n3']);
    expect(stopped.output.some((line) => line.includes('"event":"fenced"'))).toBe(true);
    for (const other of others) expect(member(other).output.filter((line) => line.includes('"event":"fenced"'))).toEqual([]);
    await verify();
  });

  it('leave in order one after the other, and the last one holds everything', async () => {
    for (const name of ['n3', 'n2']) {
      const leaver = member(name);
      leaver.signal('SIGTERM');
      expect(await leaver.exited, leaver.output.slice(-5).join('\n')).toBe(0);
      members.delete(name);
      await settle([...members.keys()]);
      await verify();
    }
    expect(await member('n1').ask('size')).toBe(written.size);
    member('n1').signal('SIGTERM');
    expect(await member('n1').exited).toBe(0);
  });
});
