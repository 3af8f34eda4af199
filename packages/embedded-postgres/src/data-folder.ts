import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Binaries } from './binaries.ts';
import { type DatabaseUser, isReachable } from './database-user.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { makePrivateFolder, sharedFolder } from './shared-folder.ts';

/** The parts of a data folder: the cluster itself, the log, the password of the superuser, and who started the server. */
export interface DataFolder {
  readonly root: string;
  readonly cluster: string;
  readonly log: string;
  readonly password: string;
  readonly owner: string;
  readonly user: DatabaseUser | undefined;
}

/** The name of the one superuser. */
export const superuser = 'keygrid';

/** Where the data of `dataDir` really lies: there, unless the database account cannot reach it. */
export function locateData(dataDir: string, user: DatabaseUser | undefined, log: (line: string) => void = () => {}): DataFolder {
  const wanted = resolve(dataDir);
  refuseFileInTheWay(wanted);
  const root = user && !isReachable(wanted, user) ? substitute(wanted) : wanted;
  if (root !== wanted) log(`Keeping the database of ${wanted} in ${root}, because the database account cannot reach the former`);
  const cluster = join(root, 'pgdata');
  return {
    root,
    cluster,
    log: join(root, 'postgresql.log'),
    password: join(root, 'password'),
    owner: join(root, 'owner.pid'),
    user: user && (ownerOf(cluster) ?? user),
  };
}

/** A plain file where a folder has to be; unseen, it would pass for a folder that the database account cannot reach. */
function refuseFileInTheWay(wanted: string): void {
  for (let path = wanted; ; path = dirname(path)) {
    const facts = factsOf(path);
    if (facts?.isDirectory() === true) return;
    if (facts !== undefined) {
      throw new EmbeddedPostgresError(
        'KE_BAD_DATA_FOLDER',
        `The data folder ${wanted} cannot be made, because ${path} is no folder. Move that file away, or choose another data folder.`,
      );
    }
    if (path === dirname(path)) return;
  }
}

function factsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A part of the path is a file, or may not be looked at: the next folder up tells.
    return undefined;
  }
}

/** Removes all data of `dataDir`, also where it had to be kept elsewhere. The server must be stopped. */
export function removeData(dataDir: string, user: DatabaseUser | undefined): void {
  rmSync(locateData(dataDir, user).root, { recursive: true, force: true });
  rmSync(resolve(dataDir), { recursive: true, force: true });
}

function substitute(wanted: string): string {
  return join(sharedFolder(), `data-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`);
}

/** A cluster made by an earlier run goes on under the account that owns it. */
function ownerOf(cluster: string): DatabaseUser | undefined {
  const facts = statSync(cluster, { throwIfNoEntry: false });
  return facts && facts.uid !== 0 ? { uid: facts.uid, gid: facts.gid } : undefined;
}

/** Makes the cluster on the first start, and refuses a folder that holds something else. */
export function prepareCluster(folder: DataFolder, binaries: Binaries, durable: boolean): void {
  if (existsSync(folder.cluster)) {
    checkCluster(folder, binaries);
    return;
  }
  const strangers = existsSync(folder.root) ? readdirSync(folder.root).filter((name) => !isOurs(name)) : [];
  if (strangers.length > 0) {
    throw new EmbeddedPostgresError(
      'KE_BAD_DATA_FOLDER',
      `The folder ${folder.root} is not empty and holds no database of ours (found ${strangers.slice(0, 3).join(', ')}). Choose another data folder, or empty this one.`,
    );
  }
  initialise(folder, binaries, durable);
}

function isOurs(name: string): boolean {
  return name.startsWith('pgdata.') || ['postgresql.log', 'password', 'owner.pid'].includes(name);
}

function checkCluster(folder: DataFolder, binaries: Binaries): void {
  const versionFile = join(folder.cluster, 'PG_VERSION');
  const found = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : undefined;
  if (found === undefined || !existsSync(folder.password)) {
    throw new EmbeddedPostgresError(
      'KE_BAD_DATA_FOLDER',
      `The database in ${folder.root} is damaged (no ${found === undefined ? versionFile : folder.password}). Restore it, or remove the folder to begin anew.`,
    );
  }
  if (found !== binaries.major) {
    throw new EmbeddedPostgresError(
      'KE_BAD_DATA_FOLDER',
      `The database in ${folder.cluster} was made by PostgreSQL ${found}, and the binaries here are PostgreSQL ${binaries.major}. Export its realms with the former version, or remove the folder to begin anew.`,
    );
  }
}

/** initdb works in a folder of its own that is moved into place when complete, so that an interrupted first start leaves no half cluster. */
function initialise(folder: DataFolder, binaries: Binaries, durable: boolean): void {
  const { user } = folder;
  const staging = join(folder.root, `pgdata.${process.pid}`);
  try {
    makePrivateFolder(folder.root, user);
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(folder.password)) writeFileSync(folder.password, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (user) chownSync(folder.password, user.uid, user.gid);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'KE_BAD_DATA_FOLDER',
      `The data folder ${folder.root} cannot be written to: ${error instanceof Error ? error.message : String(error)}. Give this account the right to it and the disk some room, or choose another data folder.`,
      { cause: error },
    );
  }
  const outcome = spawnSync(
    binaries.initdb,
    [
      `--pgdata=${staging}`,
      `--username=${superuser}`,
      `--pwfile=${folder.password}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(durable ? [] : ['--no-sync']),
    ],
    { ...user, cwd: folder.root, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, timeout: 120_000 },
  );
  if (outcome.status !== 0) {
    rmSync(staging, { recursive: true, force: true });
    const said = outcome.error?.message ?? outcome.stderr.trim().split('\n').slice(-3).join('; ');
    throw new EmbeddedPostgresError(
      'KE_BAD_DATA_FOLDER',
      `No database could be made in ${folder.root}: ${said}. Check that the folder may be written to and the disk is not full.`,
    );
  }
  renameSync(staging, folder.cluster);
}
