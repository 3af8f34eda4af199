import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { root } from '../../scripts/checks/repository.ts';
import { progress } from '../drivers/progress.ts';
import { Crew, type CrewResult } from '../load/crew.ts';
import { freshDatabase } from '../servers/database.ts';
import { KeygridServer } from '../servers/keygrid.ts';
import { benchRealm } from '../servers/server.ts';
import { madeBy } from './choose-rows.ts';
import { RemoteProfiler } from './inspector.ts';
import { type ProfileSummary, summarize } from './summary.ts';
import { type CpuByThread, cpuByThread, perOperation, threadsOf, waitedMs } from './threads.ts';

export interface ProfileOptions {
  readonly rows: readonly string[];
  /** Of a row: to warm up, to see what its threads use, and to be profiled. */
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
  /** CPU ms per operation, without the profiler. */
  readonly cpu: CpuByThread;
  /** How long the main thread was ready but had no processor while the profile was taken; NaN where the system does not tell. */
  readonly waitedMs: number;
  readonly profile: ProfileSummary;
}

const SHOWN = { functions: 15, own: 10 };
/** Making is slower than deleting: so many times a row's seconds make what one run of it deletes. */
const MAKING = 2;

const FIRST = -15;
const LAST = 15;

/** As far as the system allows: to lower a priority everybody may, to raise one the administrator. */
function asAllowed(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!/EACCES|EPERM|ESRCH|ENOENT|EAGAIN/.test(String(error))) throw error;
  }
}

/**
 * The profile is of the main thread, by the clock. Who is woken by it (its pool, the database, the driver) would take its processor where there are few, and
 * the call that woke them would look slow: so they wait until the main thread does. The engine's helpers stay as they are: it waits for them.
 */
function letMainThreadFirst(pid: number): void {
  // Linux may share processors among sessions first, and only within one by the priority of threads.
  asAllowed(() => writeFileSync(`/proc/${pid}/autogroup`, `${FIRST}`));
  for (const { thread, kind } of threadsOf(pid)) {
    if (kind === 'main') asAllowed(() => setPriority(thread, FIRST));
    if (kind === 'pool') asAllowed(() => setPriority(thread, LAST));
  }
}

interface Running {
  readonly crew: Crew;
  readonly profiler: RemoteProfiler;
  readonly pid: number;
  readonly options: ProfileOptions;
}

function run({ crew, options }: Running, operation: string, seconds: number): Promise<CrewResult> {
  return crew.run(operation, { model: 'closed', callers: options.callers, seconds });
}

/** What a row deletes. */
async function make(on: Running, name: string): Promise<void> {
  const made = madeBy.get(name);
  if (made !== undefined) await run(on, made, on.options.seconds * MAKING);
}

const operationsIn = (seen: CrewResult): number => seen.latencies.count + seen.failures;

async function measureCpu(on: Running, name: string): Promise<CpuByThread> {
  await make(on, name);
  await run(on, name, on.options.seconds);
  await make(on, name);
  const before = cpuByThread(on.pid);
  const seen = await run(on, name, on.options.seconds);
  return perOperation(before, cpuByThread(on.pid), operationsIn(seen));
}

async function profileRow(on: Running, name: string, cpu: CpuByThread): Promise<RowProfile> {
  await make(on, name);
  await on.profiler.start();
  const waitedBefore = waitedMs(on.pid);
  const seen = await run(on, name, on.options.seconds);
  const waited = waitedMs(on.pid) - waitedBefore;
  const profile = await on.profiler.stop();
  const { failures, firstFailure, seconds } = seen;
  return {
    name,
    operations: operationsIn(seen),
    failures,
    firstFailure,
    seconds,
    cpu,
    waitedMs: waited,
    profile: summarize(profile, root, SHOWN),
  };
}

/** The rows twice: first without the profiler, which costs something itself, and with all threads as they are; by then the code is warm. */
async function measureRows(on: Running): Promise<readonly RowProfile[]> {
  const cpu = new Map<string, CpuByThread>();
  for (const name of on.options.rows) {
    progress(name);
    cpu.set(name, await measureCpu(on, name));
  }
  letMainThreadFirst(on.pid);
  const profiles: RowProfile[] = [];
  for (const name of on.options.rows) {
    progress(`profile of ${name}`);
    profiles.push(await profileRow(on, name, cpu.get(name) as CpuByThread));
  }
  return profiles;
}

/** One node from its sources on a fresh database of the server at `databaseServer`; each row alone. */
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
      const crew = await Crew.start(1, {
        bases: server.bases,
        realm: 'bench',
        users: options.users,
        furtherClients: 0,
        sessionsBy: 'login',
      });
      try {
        return await measureRows({ crew, profiler, pid: server.pids()[0] as number, options });
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
