import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The account that the database processes run as; undefined = the account of this process. */
export interface DatabaseUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root drops to `postgres` where that account exists, else to `nobody`.
 * initdb needs an account with a passwd entry; nothing is created on the host.
 */
export function databaseUser(passwd: string = readPasswd(), processUid: number = process.getuid?.() ?? -1): DatabaseUser | undefined {
  if (processUid !== 0) return undefined;
  const accounts = new Map<string, DatabaseUser>();
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && uid && gid && Number(uid) > 0) accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accounts.get('postgres') ?? accounts.get('nobody') ?? { uid: 65534, gid: 65534 };
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

/** Whether `user` may pass through every folder above `path` (the last part itself need not exist). */
export function isReachable(path: string, user: DatabaseUser): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const facts = statSync(folder, { throwIfNoEntry: false });
    if (facts && (facts.mode & searchBit(facts, user)) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function searchBit(facts: { uid: number; gid: number }, user: DatabaseUser): number {
  if (facts.uid === user.uid) return 0o100;
  return facts.gid === user.gid ? 0o010 : 0o001;
}
