import { randomUUID } from 'node:crypto';
import type { Credential, Realm } from '../../model/index.ts';
import type { Fields } from '../../realm/fields.ts';
import type { HashPassword } from '../../realm/hash-password.ts';
import { credentialFromRepresentation } from '../../realm/user-representation.ts';
import type { UserItem } from './users.ts';

/** Hashes that are under way together; the queue behind has a bound of its own. */
const HASHES_AT_ONCE = 8;

/** The users of a body with their passwords hashed, before the transaction that stores them. */
export async function hashedUsers(body: Fields, realm: Realm, hashPassword: HashPassword, nowMs: number): Promise<readonly UserItem[]> {
  const given = body.objects('users', 'username') ?? [];
  const items: UserItem[] = [];
  for (let at = 0; at < given.length; at += HASHES_AT_ONCE) {
    const batch = given.slice(at, at + HASHES_AT_ONCE);
    items.push(...(await Promise.all(batch.map((fields) => hashedUser(fields, realm, hashPassword, nowMs)))));
  }
  return items;
}

async function hashedUser(fields: Fields, realm: Realm, hashPassword: HashPassword, nowMs: number): Promise<UserItem> {
  const credentials: Credential[] = [];
  let temporary = false;
  for (const one of fields.objects('credentials', 'type') ?? []) {
    const read = credentialFromRepresentation(one, '', nowMs);
    if (!('plain' in read)) {
      credentials.push(read);
      continue;
    }
    temporary ||= read.temporary;
    const stored = await hashPassword(realm, read.plain);
    credentials.push({ id: randomUUID(), userId: '', type: 'password', createdDate: nowMs, priority: 10, version: 0, ...stored });
  }
  return { name: fields.requiredText('username'), fields, credentials, temporary };
}
