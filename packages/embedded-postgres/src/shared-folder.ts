import { chownSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DatabaseUser } from './database-user.ts';
import { EmbeddedPostgresError } from './errors.ts';

/**
 * A folder of ours that the database account can reach, for what cannot lie where it was asked to: /var/lib first, because it outlives a
 * restart of the machine. The name is predictable, so a folder that somebody else made or may write to is refused, never used.
 */
export function sharedFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const parents = uid === 0 ? ['/var/lib', '/var/tmp', tmpdir()] : [tmpdir()];
  for (const parent of parents) {
    const folder = join(parent, `keygrid-embedded-${uid}`);
    try {
      mkdirSync(folder, { mode: 0o755 });
    } catch (error) {
      if (!isExisting(error)) continue;
    }
    const facts = lstatSync(folder);
    if (facts.isDirectory() && facts.uid === uid && (facts.mode & 0o022) === 0) return folder;
  }
  throw new EmbeddedPostgresError(
    'KE_BAD_DATA_FOLDER',
    `No folder could be made under ${parents.join(', ')} that the database account can reach. Put the data folder where other accounts may pass through.`,
  );
}

/** Makes a folder that belongs to the database account alone. */
export function makePrivateFolder(path: string, user: DatabaseUser | undefined): void {
  // Only the folder itself is private: parents made on the way must let the database user through.
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (user) chownSync(path, user.uid, user.gid);
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
