import { spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from './binaries.ts';
import { type DataFolder, locateData, prepareCluster, removeData } from './data-folder.ts';
import { databaseUser } from './database-user.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { claimPort } from './free-port.ts';
import { answersFor, isAlive, type PidFile, readPidFile, runStatement, urlOf } from './running-server.ts';

const startLimitMs = 60_000;
const stopLimitMs = 30_000;
const strangerLimitMs = 2_000;
const pollMs = 20;

export interface EmbeddedPostgresOptions {
  /** Made if absent; a second start on the same folder goes on with its data. */
  readonly dataDir: string;
  /** Default: any free port. */
  readonly port?: number | undefined;
  /** One line a time, without secrets. */
  readonly log: (line: string) => void;
  /** Default true. False trades safety against power loss for speed: tests only. */
  readonly durable?: boolean | undefined;
  /** Use the server that another living process runs on this folder, instead of refusing; `stop` then leaves it running. */
  readonly share?: boolean | undefined;
  /** Further settings of the server, as in postgresql.conf, e.g. `{ shared_preload_libraries: 'pg_stat_statements' }`. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

/** A PostgreSQL of ours on 127.0.0.1. */
export interface EmbeddedPostgres {
  /** Of the database `postgres`. Holds the password: not for logs. */
  readonly url: string;
  readonly port: number;
  /** Process id of the server. */
  readonly pid: number;
  /** Fast shutdown: open transactions are rolled back, data is written. May be called more than once. */
  stop(): Promise<void>;
  /** Makes the database if it is absent, and gives its URL. */
  createDatabase(name: string): Promise<string>;
}

/**
 * Starts PostgreSQL on a data folder, or goes on with one that a dead process left running there. The server leads a session of its own, so
 * that Ctrl-C on the terminal reaches the caller alone and the caller decides the order of the end.
 * @throws EmbeddedPostgresError with a code of the catalogue.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const durable = options.durable ?? true;
  const user = databaseUser();
  const folder = locateData(options.dataDir, user, options.log);
  const running = await runningServer(folder);
  if (running) return join(folder, running, options);

  const binaries = findBinaries(folder.user, options.log);
  prepareCluster(folder, binaries, durable);
  const port = await claimPort(options.port);
  const pid = await launch(folder, binaries.postgres, port, durable, options.settings ?? {});
  writeFileSync(folder.owner, String(process.pid), { mode: 0o600 });
  return handle(folder, port, pid, true);
}

/** Removes all data that `startEmbeddedPostgres` keeps for `dataDir`. Refused while a server runs on it. */
export function removeEmbeddedPostgres(dataDir: string): void {
  const user = databaseUser();
  const pidFile = readPidFile(locateData(dataDir, user));
  if (pidFile && isAlive(pidFile.pid)) {
    throw new EmbeddedPostgresError('KE_FOLDER_IN_USE', `PostgreSQL (process ${pidFile.pid}) still runs on ${dataDir}. Stop it first.`);
  }
  removeData(dataDir, user);
}

async function runningServer(folder: DataFolder): Promise<PidFile | undefined> {
  for (const begun = Date.now(); ; await delay(pollMs)) {
    const pidFile = readPidFile(folder);
    if (!pidFile || !isAlive(pidFile.pid)) return undefined;
    if (await answersFor(folder, pidFile.port)) return pidFile;
    // A server on its way up or down gets the time that it needs, a dying one a moment; anything else with that process id is a stranger.
    const moving = pidFile.status === 'starting' || pidFile.status === 'stopping';
    if (Date.now() - begun > (moving ? stopLimitMs : strangerLimitMs)) {
      throw new EmbeddedPostgresError(
        'KE_STALE_PID_FILE',
        `${pidFile.path} names process ${pidFile.pid}, which is alive but does not answer as this database on port ${pidFile.port}. If it is no PostgreSQL, delete that file; else stop it.`,
      );
    }
  }
}

function join(folder: DataFolder, running: PidFile, options: EmbeddedPostgresOptions): EmbeddedPostgres {
  const owner = existsSync(folder.owner) ? Number(readFileSync(folder.owner, 'utf8')) : 0;
  const owned = isAlive(owner);
  if (owned && !options.share) {
    throw new EmbeddedPostgresError(
      'KE_FOLDER_IN_USE',
      `The database in ${folder.root} is in use by process ${owner} (PostgreSQL is process ${running.pid}, port ${running.port}). Stop that process, or choose another data folder.`,
    );
  }
  if (options.port !== undefined && options.port !== running.port) {
    options.log(`PostgreSQL runs on ${folder.root} already, on port ${running.port}; port ${options.port} is not used`);
  }
  if (!owned) {
    options.log(`Going on with the PostgreSQL that an earlier run left on ${folder.root} (process ${running.pid})`);
    writeFileSync(folder.owner, String(process.pid), { mode: 0o600 });
  }
  return handle(folder, running.port, running.pid, !owned);
}

async function launch(
  folder: DataFolder,
  postgres: string,
  port: number,
  durable: boolean,
  further: Readonly<Record<string, string>>,
): Promise<number> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    // Sockets in the file system have a path limit of about 100 characters; everything here goes over loopback.
    unix_socket_directories: '',
    max_connections: 300,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...further,
  };
  const output = openSync(folder.log, 'w', 0o600);
  if (folder.user) chownSync(folder.log, folder.user.uid, folder.user.gid);
  const child = spawn(
    postgres,
    ['-D', folder.cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...folder.user, cwd: folder.root, detached: true, stdio: ['ignore', output, output], env: { ...process.env, LC_ALL: 'C' } },
  );
  closeSync(output);
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signal) => (failure = `exit ${code ?? signal}`));
  child.unref();
  for (const until = Date.now() + startLimitMs; ; await delay(pollMs)) {
    const pidFile = readPidFile(folder);
    if (pidFile?.status === 'ready' && pidFile.pid === child.pid) return pidFile.pid;
    if (failure === undefined && Date.now() < until) continue;
    if (failure === undefined) child.kill('SIGQUIT');
    throw startFailure(folder, port, failure ?? `not ready within ${startLimitMs / 1000} s`);
  }
}

function startFailure(folder: DataFolder, port: number, failure: string): EmbeddedPostgresError {
  const said = existsSync(folder.log) ? readFileSync(folder.log, 'utf8').trim().split('\n').slice(-4).join('; ') : '';
  if (said.includes('could not bind')) {
    return new EmbeddedPostgresError('KE_PORT_TAKEN', `Port ${port} on 127.0.0.1 is in use by another program. Choose another, or none.`);
  }
  return new EmbeddedPostgresError(
    'KE_START_FAILED',
    `PostgreSQL did not start on ${folder.cluster} (${failure}): ${said}. The whole log is ${folder.log}; to begin anew, remove ${folder.root}.`,
  );
}

function handle(folder: DataFolder, port: number, pid: number, owned: boolean): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  return {
    url: urlOf(folder, port, 'postgres'),
    port,
    pid,
    stop() {
      stopping ??= owned ? stopServer(folder, pid) : Promise.resolve();
      return stopping;
    },
    createDatabase: (name) => createDatabase(folder, port, name),
  };
}

async function stopServer(folder: DataFolder, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (readPidFile(folder)?.pid !== pid || !isAlive(pid)) break;
    process.kill(pid, signal);
    for (const until = Date.now() + stopLimitMs; Date.now() < until; await delay(pollMs)) {
      if (!isAlive(pid) || readPidFile(folder)?.pid !== pid) break;
    }
  }
  rmSync(folder.owner, { force: true });
}

async function createDatabase(folder: DataFolder, port: number, name: string): Promise<string> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) {
    throw new EmbeddedPostgresError(
      'KE_BAD_NAME',
      `"${name}" is no database name: use lower-case letters, digits and underscores, at most 63.`,
    );
  }
  try {
    await runStatement(urlOf(folder, port, 'postgres'), `CREATE DATABASE "${name}"`);
  } catch (error) {
    const duplicateDatabase = '42P04';
    if (!(error instanceof pg.DatabaseError && error.code === duplicateDatabase)) throw error;
  }
  return urlOf(folder, port, name);
}
