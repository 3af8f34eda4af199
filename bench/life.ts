import { admin, adminToken } from './drivers/admin.ts';
import { residentMb, totalCpuMs } from './drivers/cpu.ts';
import { benchWalk, LoginWalk, type TokenSet } from './drivers/login-walk.ts';
import { type SteadyResult, steadyStream } from './drivers/steady.ts';
import { type LifeEvent, lifeEvents, stopNode } from './life-events.ts';
import type { BenchDatabase } from './servers/bench-database.ts';
import { benchRealm, type ServerUnderTest } from './servers/server.ts';

const REQUESTS_PER_SECOND = 40;
const USERS = 30;
const SESSIONS_COUNTED = 10_000;
const LOGINS_AT_ONCE = 8;

export interface LifeResult {
  readonly server: string;
  /** Milliseconds to ready: the first node on a fresh database, it again with the schema present, all three at once. */
  readonly freshMs: number;
  readonly schemaPresentMs: number;
  readonly threeAtOnceMs: number;
  readonly startCpuMs: number;
  readonly residentMb: number;
  /** One node with the schema and so many realms present; undefined where it was not asked for. */
  readonly manyRealms:
    | { readonly realms: number; readonly createdMs: number; readonly startMs: number; readonly residentMb: number }
    | undefined;
  /** Growth of one node's memory by 10,000 logins whose sessions it keeps; undefined where it was not asked for. */
  readonly sessionsMb: number | undefined;
  readonly events: readonly { readonly name: string; readonly result: SteadyResult; readonly lostSessions: number }[];
}

export interface LifeOptions {
  readonly database: BenchDatabase;
  /** Names of events; empty = all. */
  readonly only: readonly string[];
  /** 0 = do not measure. */
  readonly realms: number;
  readonly sessions: boolean;
}

const walkOf = (user: number): LoginWalk => new LoginWalk(benchWalk('bench', user));

/** One event under a steady stream of refreshes and logins on the nodes that are up. */
async function under(server: ServerUnderTest, database: BenchDatabase, event: LifeEvent): Promise<LifeResult['events'][number]> {
  const down = new Set<number>();
  const life = { server, database, down };
  const sessions = await Promise.all(
    Array.from({ length: USERS }, async (_, user) => {
      const walk = walkOf(user);
      return { walk, tokens: (await walk.login(server.bases[user % 3] as string)) as TokenSet };
    }),
  );
  const result = await steadyStream({
    perSecond: REQUESTS_PER_SECOND,
    quietSeconds: 3,
    afterSeconds: event.afterSeconds,
    event: () => event.happen(life),
    request: async (index) => {
      const session = sessions[index % sessions.length] as (typeof sessions)[number];
      const up = server.bases.filter((_, node) => !down.has(node));
      const base = up[index % up.length] as string;
      // Four refreshes to one whole login: both meet the dead node's share of the grid.
      if (index % 5 === 4) await walkOf(index % USERS).login(base);
      else session.tokens = await session.walk.refresh(base, session.tokens.refresh_token);
    },
  });
  let lostSessions = 0;
  const alive = server.bases.find((_, node) => !down.has(node)) as string;
  for (const session of sessions) await session.walk.refresh(alive, session.tokens.refresh_token).catch(() => (lostSessions += 1));
  await event.mend(life);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  return { name: event.name, result, lostSessions };
}

async function measureManyRealms(server: ServerUnderTest, realms: number): Promise<NonNullable<LifeResult['manyRealms']>> {
  const base = server.bases[0] as string;
  const began = performance.now();
  for (let index = 0; index < realms; index += 1)
    await admin(base, await adminToken(base), 'POST', '/realms', { realm: `many-${index}`, enabled: true });
  const createdMs = performance.now() - began;
  await stopNode(server, 0);
  const startMs = await server.startNode(0);
  return { realms, createdMs, startMs, residentMb: residentMb(server.pids()[0] ?? 0) };
}

async function measureSessionsMb(server: ServerUnderTest): Promise<number> {
  const base = server.bases[0] as string;
  const login = async (count: number): Promise<void> => {
    let left = count;
    await Promise.all(
      Array.from({ length: LOGINS_AT_ONCE }, async () => {
        while (left > 0) {
          left -= 1;
          await walkOf(left % USERS).passwordGrant(base);
        }
      }),
    );
  };
  await login(500);
  const before = residentMb(server.pids()[0] ?? 0);
  await login(SESSIONS_COUNTED);
  return residentMb(server.pids()[0] ?? 0) - before;
}

/** Starts, kills, freezes and restarts the three nodes of a server whose database is empty. */
export async function measureLife(server: ServerUnderTest, options: LifeOptions): Promise<LifeResult> {
  const freshMs = await server.startNode(0);
  // With a realm to load, as a server in use has.
  await server.createRealm(benchRealm('bench', USERS));
  await stopNode(server, 0);
  const schemaPresentMs = await server.startNode(0);
  const startCpuMs = totalCpuMs(server.pids().slice(0, 1));
  const idleMb = residentMb(server.pids()[0] ?? 0);
  const sessionsMb = options.sessions ? await measureSessionsMb(server) : undefined;
  const manyRealms = options.realms > 0 ? await measureManyRealms(server, options.realms) : undefined;
  await stopNode(server, 0);
  const began = performance.now();
  await Promise.all([0, 1, 2].map((index) => server.startNode(index)));
  const threeAtOnceMs = performance.now() - began;
  const events: LifeResult['events'][number][] = [];
  for (const event of lifeEvents) {
    if (options.only.length > 0 && !options.only.includes(event.name)) continue;
    if (event.possible?.(options.database) === false) continue;
    events.push(await under(server, options.database, event));
  }
  return { server: server.name, freshMs, schemaPresentMs, threeAtOnceMs, startCpuMs, residentMb: idleMb, manyRealms, sessionsMb, events };
}
