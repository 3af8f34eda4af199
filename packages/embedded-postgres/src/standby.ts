import { chownSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type DataFolder, locateData } from './data-folder.ts';
import { type DatabaseUser, databaseUser } from './database-user.ts';
import { makePrivateFolder } from './shared-folder.ts';

export interface StandbyCopyOptions {
  /** URL of the superuser on the running primary. */
  readonly primaryUrl: string;
  /** Where the standby fetches the log, where that is not `primaryUrl` itself: a proxy that tests can stall. */
  readonly followPort?: number | undefined;
  /** Emptied first. `startEmbeddedPostgres` on this folder then runs the standby, `SELECT pg_promote()` makes a primary of it. */
  readonly dataDir: string;
  readonly log: (line: string) => void;
}

/** What belongs to the running primary alone. */
const leftOut = new Set(['postmaster.pid', 'postmaster.opts', 'pg_replslot', 'pg_stat_tmp', 'pgsql_tmp', 'standby.signal']);

/**
 * Copies the data of a running server into a folder that continues as its streaming standby ("Making a Base Backup Using the Low Level API" of
 * the PostgreSQL manual); the programs of the embedded distribution bring no pg_basebackup. Tests of a fail-over stand on it.
 */
export async function copyAsStandby({ primaryUrl, followPort, dataDir, log }: StandbyCopyOptions): Promise<void> {
  const folder = locateData(dataDir, databaseUser(), log);
  rmSync(folder.root, { recursive: true, force: true });
  makePrivateFolder(folder.root, folder.user);
  // The session must live from the beginning of the copy to its end.
  const client = new pg.Client({ connectionString: primaryUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    await client.query("SELECT pg_backup_start('standby', fast => true)");
    copyTree(rows[0]?.data_directory ?? '', folder.cluster, folder.user);
    const ended = await client.query<{ labelfile: string; spcmapfile: string }>('SELECT * FROM pg_backup_stop(wait_for_archive => false)');
    writeOwned(folder, 'backup_label', ended.rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
  const url = new URL(primaryUrl);
  writeFileSync(folder.password, decodeURIComponent(url.password), { mode: 0o600 });
  if (folder.user) chownSync(folder.password, folder.user.uid, folder.user.gid);
  const port = followPort ?? Number(url.port);
  const follow = `host=127.0.0.1 port=${port} user=${url.username} password=${decodeURIComponent(url.password)} application_name=standby`;
  writeOwned(folder, 'postgresql.auto.conf', `primary_conninfo = '${follow}'\n`);
  writeOwned(folder, 'standby.signal', '');
}

function writeOwned(folder: DataFolder, name: string, text: string): void {
  const path = join(folder.cluster, name);
  writeFileSync(path, text, { mode: 0o600 });
  if (folder.user) chownSync(path, folder.user.uid, folder.user.gid);
}

/** Files that vanish under the copy are no loss: the log that is replayed knows of their end. */
function copyTree(from: string, to: string, user: DatabaseUser | undefined): void {
  mkdirSync(to, { mode: 0o700 });
  if (user) chownSync(to, user.uid, user.gid);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (leftOut.has(entry.name)) {
      // Folders must exist, their contents must not.
      if (entry.isDirectory()) {
        mkdirSync(target, { mode: 0o700 });
        if (user) chownSync(target, user.uid, user.gid);
      }
    } else if (entry.isDirectory()) copyTree(source, target, user);
    else copyFile(source, target, user);
  }
}

function copyFile(source: string, target: string, user: DatabaseUser | undefined): void {
  try {
    copyFileSync(source, target);
  } catch (error) {
    if (existsSync(source) && statSync(source).isFile()) throw error;
    return;
  }
  if (user) chownSync(target, user.uid, user.gid);
}
