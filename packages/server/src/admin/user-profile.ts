import { ReplyError } from '../http/errors.ts';
import type { Realm } from '../model/index.ts';
import type { Fields } from '../realm/fields.ts';
import { violationsOf } from '../realm/user-profile/check-profile.ts';
import { profileOfUsers } from '../realm/user-profile/profile.ts';

/**
 * Judges what an administrator writes of a user by the realm's profile; several faults come as a list. A field that is not in the body is not
 * looked at where the user exists. @throws ReplyError 400.
 */
export function checkProfile(realm: Realm, fields: Fields, ofNewUser: boolean): void {
  const attributes = fields.textListMap('attributes');
  const values: Record<string, readonly string[] | undefined> = { ...attributes };
  for (const name of ['username', 'email', 'firstName', 'lastName'] as const) {
    const value = fields.text(name);
    values[name] = value === undefined ? undefined : [name === 'username' || name === 'email' ? value.trim() : value];
  }
  const violations = violationsOf(profileOfUsers(realm), values, 'admin', ofNewUser || attributes !== undefined);
  if (violations.length === 1) throw new ReplyError(400, violations[0]);
  if (violations.length > 1) throw new ReplyError(400, { errors: violations });
}
