import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { admin, adminToken } from '../drivers/admin.ts';
import { residentMb } from '../drivers/cpu.ts';
import { progress } from '../drivers/progress.ts';
import { closedLoop } from '../load/loops.ts';
import type { FreshDatabase } from '../servers/database.ts';
import { databaseWork } from '../servers/database-cpu.ts';
import { KeycloakServer } from '../servers/keycloak.ts';
import { KeygridServer } from '../servers/keygrid.ts';
import { benchRealm, type ServerUnderTest } from '../servers/server.ts';
import { type Cost, measureOperation } from './measure-operation.ts';
import { openOperations, REALM, walkOf } from './operations.ts';
import { expireSessions, type Seed, seedSessions, seedSessionsOf } from './seed.ts';

export const USERS = 50;

/** The ways to keep state, and what a node is started with for each. */
export const modes = {
  persistent: [],
  volatile: ['--features-disabled=persistent-user-sessions'],
  'grid off': ['--features=stateless'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type ModeName = keyof typeof modes;

export interface SessionBenchOptions extends Seed {
  readonly seconds: number;
  readonly callers: number;
  /** Logins whose sessions stay in memory. */
  readonly cached: number;
  /** Sessions that the sweeper finds. */
  readonly swept: number;
}

export interface Stock {
  readonly seedSeconds: number;
  readonly cachedMb: number;
  readonly sweep: { readonly seconds: number; readonly removed: number; readonly quietP99Ms: number; readonly besideP99Ms: number };
  readonly restart: { readonly startMs: number; readonly firstRefreshMs: number };
  readonly realmLogout: { readonly seconds: number; readonly sessions: number };
  /** A start without any sessions, and one beside so many offline ones. */
  readonly offline: { readonly emptyStartMs: number; readonly startMs: number; readonly sessions: number };
}

/** A cluster in one mode with the realm of the benchmark, on a database of its own. */
export async function startMode(mode: ModeName, nodes: number, databaseUrl: string): Promise<KeygridServer> {
  return startNodes(nodes, databaseUrl, modes[mode]);
}

/** The same with any options. */
export async function startNodes(nodes: number, databaseUrl: string, extraArguments: readonly string[]): Promise<KeygridServer> {
  return KeygridServer.start({ nodes, databaseUrl, realms: [measuredRealm()], extraArguments });
}

/** Hashing is not what is measured here: one cheap iteration, so that a login costs what its session costs. */
function measuredRealm(): Record<string, unknown> {
  return {
    ...benchRealm(REALM, USERS),
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha512) and hashIterations(1)',
    ssoSessionMaxLifespan: 86_400,
    ssoSessionIdleTimeout: 86_400,
  };
}

/** One node of the real Keycloak with the same realm. */
export async function startKeycloak(home: string, databaseUrl: string): Promise<KeycloakServer> {
  const server = await KeycloakServer.prepare({ home, databaseUrl, nodes: 1 });
  try {
    await server.startNode(0);
    await server.createRealm(measuredRealm());
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Every operation once. */
export async function measureMode(server: ServerUnderTest, database: FreshDatabase, options: SessionBenchOptions): Promise<Cost[]> {
  const work = await databaseWork(database);
  const { operations } = await openOperations(server.bases, USERS, options.users);
  const costs: Cost[] = [];
  for (const operation of operations) {
    progress(operation.name);
    costs.push(await measureOperation({ server, work, ...options }, operation));
  }
  return costs;
}

/** Refreshes alone, with and without affinity. */
export async function measureRefresh(server: ServerUnderTest, database: FreshDatabase, options: SessionBenchOptions): Promise<Cost[]> {
  const work = await databaseWork(database);
  const { refresh } = await openOperations(server.bases, USERS, 1);
  const costs: Cost[] = [];
  for (const affinity of [true, false]) costs.push(await measureOperation({ server, work, ...options }, refresh(affinity)));
  return costs;
}

/** What a large stock of sessions does to memory, sweeping, a restart of everything and the end of a realm's sessions. */
export async function measureStock(
  server: KeygridServer,
  database: FreshDatabase,
  options: SessionBenchOptions,
  seedSeconds: number,
): Promise<Stock> {
  const base = server.bases[0] as string;
  progress('logins without and beside the sweeper');
  const quiet = await closedLoop(
    { name: 'login', run: (index) => walkOf(index % USERS).passwordGrant(base) },
    { callers: 2, seconds: options.seconds },
  );

  await expireSessions(database, options.swept);
  const beganSweep = performance.now();
  let sweeping = true;
  const sweeper = fork(fileURLToPath(new URL('sweep-process.ts', import.meta.url)), {
    env: { ...process.env, SWEEP_DATABASE_URL: database.url },
  });
  const swept = once(sweeper, 'message').then(([removed]) => {
    sweeping = false;
    return { removed: Number(removed), seconds: (performance.now() - beganSweep) / 1_000 };
  });
  const beside = await closedLoop(
    { name: 'login beside the sweeper', run: async (index) => (sweeping ? walkOf(index % USERS).passwordGrant(base) : false) },
    { callers: 2, seconds: 600 },
  );
  const sweep = {
    ...(await swept),
    quietP99Ms: quiet.latencies.percentileUs(0.99) / 1_000,
    besideP99Ms: beside.latencies.percentileUs(0.99) / 1_000,
  };

  progress('stop of all nodes, and the first refresh after it');
  const known = walkOf(0);
  const tokens = await known.login(base);
  const startMs = await restarted(server);
  const beganRefresh = performance.now();
  await known.refresh(base, tokens.refresh_token);
  const firstRefreshMs = performance.now() - beganRefresh;

  progress(`${options.cached} logins whose sessions stay in memory`);
  const cachedMb = await memoryOfLogins(server, options);

  const [count] = await database.query('select count(*) as count from offline_user_session');
  progress('logout of the realm');
  const token = await adminToken(base);
  const beganLogout = performance.now();
  await logoutRealm(base, token, database);
  const realmLogoutSeconds = (performance.now() - beganLogout) / 1_000;
  const emptyStartMs = await restarted(server);
  progress(`starts without sessions and beside ${options.sessions} offline ones`);
  await seedSessionsOf(database, REALM, options, true);
  const offline = { emptyStartMs, startMs: await restarted(server), sessions: options.sessions };
  return {
    seedSeconds,
    cachedMb,
    sweep,
    restart: { startMs, firstRefreshMs },
    realmLogout: { seconds: realmLogoutSeconds, sessions: Number(count?.['count']) },
    offline,
  };
}

/**
 * Growth of a young node's memory by so many logins whose sessions it keeps. Logins that end again come first: they bring the code into memory, and
 * leave the caches as empty as they were.
 */
async function memoryOfLogins(server: KeygridServer, { cached, callers }: SessionBenchOptions): Promise<number> {
  const base = server.bases[0] as string;
  const pid = server.pids()[0] as number;
  const times = async (count: number, run: (index: number) => Promise<unknown>): Promise<void> => {
    let left = count;
    await closedLoop(
      {
        name: 'login',
        run: async (index) => {
          if (left <= 0) return false;
          left -= 1;
          return run(index);
        },
      },
      { callers, seconds: 600 },
    );
  };
  await times(Math.ceil(cached / 5), async (index) => {
    const walk = walkOf(index % USERS);
    await walk.logout(base, (await walk.passwordGrant(base)).refresh_token);
  });
  const before = residentMb(pid);
  await times(cached, (index) => walkOf(index % USERS).passwordGrant(base));
  return residentMb(pid) - before;
}

/** All nodes are stopped, and the first one starts: milliseconds until it is ready. */
async function restarted(server: KeygridServer): Promise<number> {
  await Promise.all(server.nodes.map((node) => node.stop()));
  return server.startNode(0);
}

/** The call may outlast the driver's patience; it is over when the table is empty. */
async function logoutRealm(base: string, token: string, database: FreshDatabase): Promise<void> {
  const ended = admin(base, token, 'POST', `/realms/${REALM}/logout-all`).catch((error: Error) => error);
  for (;;) {
    // Not a count: counting a million rows again and again would be most of what is measured.
    const [left] = await database.query("select exists (select from offline_user_session where user_id like 'seeded-%') as some");
    if (left?.['some'] !== true) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await ended;
}

/** Seeds the tables and says how long that took. */
export async function seed(database: FreshDatabase, options: Seed): Promise<number> {
  progress(`${options.users} users and ${options.sessions} sessions`);
  const began = performance.now();
  await seedSessions(database, REALM, options);
  return (performance.now() - began) / 1_000;
}
