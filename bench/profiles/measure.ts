import { setPriority } from 'node:os';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { root } from '../../scripts/checks/repository.ts';
import { Crew } from '../load/crew.ts';
import { freshDatabase } from '../servers/database.ts';
import { KeygridServer } from '../servers/keygrid.ts';
import { benchRealm } from '../servers/server.ts';
import { madeBy } from './choose-rows.ts';
import { RemoteProfiler } from './inspector.ts';
import { type ProfileSummary, summarize } from './summary.ts';
import { type CpuByThread, cpuByThread, perOperation, threadsOf } from './threads.ts';

export interface ProfileOptions {
  readonly rows: readonly string[];
  /** Of a row. */
  readonly seconds: number;
  readonly callers: number;
  readonly users: number;
}

/** One row, profiled alone. */
export interface RowProfile {
  readonly name: string;
  readonly operations: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly seconds: number;
  /** CPU ms per operation. */
  readonly cpu: CpuByThread;
  readonly profile: ProfileSummary;
}

const SHOWN = { functions: 15, own: 10 };
/** Of a row's seconds: how long it runs before, so that the compiler comes round. */
const WARM_UP = 2;
/** Making is slower than deleting: so many times a row's seconds make what one run of it deletes. */
const MAKING = 2;

const FIRST = -15;
const LAST = 15;

/** Priorities of threads, as far as the system allows: to lower one everybody may, to raise one the administrator. */
function setThreadPriority(thread: number, priority: number): void {
  try {
    setPriority(thread, priority);
  } catch (error) {
    if (!/EACCES|EPERM|ESRCH/.test(String(error))) throw error;
  }
}

/**
 * The profile is of the main thread, by the clock. Who is woken by it (its pool, the database, the driver) would take its processor where there are few, and
 * the call that woke them would look slow: so they wait until the main thread does.
 */
function letMainThreadFirst(pid: number): void {
  for (const { thread, kind } of threadsOf(pid)) {
    if (kind === 'main') setThreadPriority(thread, FIRST);
    if (kind === 'pool' || kind === 'engine') setThreadPriority(thread, LAST);
  }
}

async function profileRow(crew: Crew, profiler: RemoteProfiler, pid: number, name: string, options: ProfileOptions): Promise<RowProfile> {
  const run = (operation: string, seconds: number) => crew.run(operation, { model: 'closed', callers: options.callers, seconds });
  const made = madeBy.get(name);
  const make = async (): Promise<void> => {
    if (made !== undefined) await run(made, options.seconds * MAKING);
  };
  await make();
  await run(name, options.seconds * WARM_UP);
  await make();
  // The pool's threads come with the first work that they get.
  letMainThreadFirst(pid);
  await profiler.start();
  const before = cpuByThread(pid);
  const seen = await run(name, options.seconds);
  const after = cpuByThread(pid);
  const profile = await profiler.stop();
  const operations = seen.latencies.count + seen.failures;
  return {
    name,
    operations,
    failures: seen.failures,
    firstFailure: seen.firstFailure,
    seconds: seen.seconds,
    cpu: perOperation(before, after, operations),
    profile: summarize(profile, root, SHOWN),
  };
}

/** One node from its sources on a fresh database of the server at `databaseServer`; each row warmed up and then profiled alone, one after the other. */
export async function profileRows(databaseServer: string, options: ProfileOptions): Promise<readonly RowProfile[]> {
  const [port = 0] = await freePorts(1);
  const database = await freshDatabase(databaseServer, 'keygrid_bench');
  try {
    const server = await KeygridServer.prepare({
      nodes: 1,
      databaseUrl: database.url,
      realms: [benchRealm('bench', options.users)],
      env: { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` },
    });
    try {
      await server.startNode(0);
      const profiler = await RemoteProfiler.connect(port);
      const crew = await Crew.start(1, { bases: server.bases, realm: 'bench', users: options.users, sessionsBy: 'login' });
      try {
        const profiles: RowProfile[] = [];
        for (const name of options.rows) {
          console.error(`${new Date().toISOString()} ${name}`);
          profiles.push(await profileRow(crew, profiler, server.pids()[0] as number, name, options));
        }
        return profiles;
      } finally {
        crew.stop();
        profiler.close();
      }
    } finally {
      await server.stop();
    }
  } finally {
    await database.drop();
  }
}
