import { residentMb, totalCpuMs } from './drivers/cpu.ts';
import { benchUser, benchWalk, LoginWalk, type TokenSet } from './drivers/login-walk.ts';
import { progress } from './drivers/progress.ts';
import { type SteadyResult, steadyStream } from './drivers/steady.ts';
import { type LifeEvent, lifeEvents, stopNode } from './life-events.ts';
import type { BenchDatabase } from './servers/bench-database.ts';
import { type FreshDatabase, postgresVersion } from './servers/database.ts';
import { copyRealm } from './servers/many.ts';
import { benchRealm, type ServerUnderTest } from './servers/server.ts';

const REQUESTS_PER_SECOND = 40;
const USERS = 30;
const SESSIONS_COUNTED = 10_000;
const LOGINS_AT_ONCE = 8;
const WARM_UP_LOGINS = 500;
const CHEAP = 'cheap';
const MANY = 'many';
const IDLE_AFTER_MS = 30_000;

export interface LifeResult {
  readonly server: string;
  readonly version: string;
  readonly postgres: string;
  /** Milliseconds to ready: the first node on a fresh database, it again with the schema present, all three at once. */
  readonly freshMs: number;
  readonly schemaPresentMs: number;
  readonly threeAtOnceMs: number;
  readonly startCpuMs: number;
  /** Of one node, half a minute after it was ready. */
  readonly residentMb: number;
  /** One node with the schema and so many realms present; undefined where it was not asked for. */
  readonly manyRealms: { readonly realms: number; readonly startMs: number; readonly residentMb: number } | undefined;
  /** Memory of one node after a warm-up, and after 10,000 logins more whose sessions it keeps; undefined where it was not asked for. */
  readonly sessions: { readonly warmMb: number; readonly afterMb: number } | undefined;
  readonly events: readonly { readonly name: string; readonly result: SteadyResult; readonly lostSessions: number }[];
}

export interface LifeOptions {
  readonly database: FreshDatabase;
  readonly postgres: BenchDatabase;
  /** Names of events; empty = all. */
  readonly only: readonly string[];
  /** 0 = do not measure. */
  readonly realms: number;
  readonly sessions: boolean;
}

const walkOf = (user: number, realm = 'bench'): LoginWalk => new LoginWalk(benchWalk(realm, user));

/** A realm whose passwords cost nothing to check. */
function cheapRealm(): Record<string, unknown> {
  const realm = benchRealm(CHEAP, USERS);
  const users = (realm['users'] as Record<string, unknown>[]).map((user, index) => ({
    ...user,
    credentials: [{ type: 'password', value: benchUser(index).password, temporary: false }],
  }));
  return { ...realm, users, passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)' };
}

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

/** The realms are copied within the tables: a Java server takes half an hour to make them. */
async function measureManyRealms(server: ServerUnderTest, database: FreshDatabase, realms: number): Promise<LifeResult['manyRealms']> {
  await server.createRealm({ realm: MANY, enabled: true });
  await stopNode(server, 0);
  await copyRealm(database, MANY, realms - 1, `${MANY}-`);
  await database.query('analyze');
  const startMs = await server.startNode(0);
  return { realms, startMs, residentMb: residentMb(server.pids()[0] ?? 0) };
}

/** Growth of the first node's memory. The realm's passwords are cheap ones: what is measured are sessions, not hashes. */
async function measureSessions(server: ServerUnderTest): Promise<NonNullable<LifeResult['sessions']>> {
  await server.createRealm(cheapRealm());
  const base = server.bases[0] as string;
  const resident = (): number => residentMb(server.pids()[0] ?? 0);
  const login = async (count: number): Promise<void> => {
    let left = count;
    await Promise.all(
      Array.from({ length: LOGINS_AT_ONCE }, async () => {
        while (left > 0) {
          left -= 1;
          await walkOf(left % USERS, CHEAP).passwordGrant(base);
        }
      }),
    );
  };
  await login(WARM_UP_LOGINS);
  const warmMb = resident();
  await login(SESSIONS_COUNTED);
  return { warmMb, afterMb: resident() };
}

/** Starts, kills, freezes and restarts the three nodes of a server whose database is empty. */
export async function measureLife(server: ServerUnderTest, options: LifeOptions): Promise<LifeResult> {
  const told = (what: string): void => progress(`${server.name}: ${what}`);
  told('starts');
  const freshMs = await server.startNode(0);
  // With a realm to load, as a server in use has.
  await server.createRealm(benchRealm('bench', USERS));
  await stopNode(server, 0);
  const schemaPresentMs = await server.startNode(0);
  const startCpuMs = totalCpuMs(server.pids().slice(0, 1));
  await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER_MS));
  const idleMb = residentMb(server.pids()[0] ?? 0);
  if (options.sessions) told(`${SESSIONS_COUNTED} sessions`);
  const sessions = options.sessions ? await measureSessions(server) : undefined;
  await stopNode(server, 0);
  told('three at once');
  const began = performance.now();
  await Promise.all([0, 1, 2].map((index) => server.startNode(index)));
  const threeAtOnceMs = performance.now() - began;
  const events: LifeResult['events'][number][] = [];
  for (const event of lifeEvents) {
    if (options.only.length > 0 && !options.only.includes(event.name)) continue;
    if (event.possible?.(options.postgres) === false) continue;
    told(event.name);
    events.push(await under(server, options.postgres, event));
  }
  await Promise.all([1, 2].map((index) => stopNode(server, index)));
  if (options.realms > 0) told(`${options.realms} realms`);
  const manyRealms = options.realms > 0 ? await measureManyRealms(server, options.database, options.realms) : undefined;
  return {
    server: server.name,
    version: server.version,
    postgres: await postgresVersion(options.database),
    freshMs,
    schemaPresentMs,
    threeAtOnceMs,
    startCpuMs,
    residentMb: idleMb,
    manyRealms,
    sessions,
    events,
  };
}
