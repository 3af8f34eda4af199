import type { Directory } from '../cache/contracts.ts';
import type { Realm, User } from '../model/index.ts';

const MAX_USERNAME_LENGTH = 255;

/** The user of a login name: by e-mail where the realm allows it and the name looks like one, else by user name. */
export async function findUser(
  directory: Pick<Directory, 'userByEmail' | 'userByUsername'>,
  realm: Realm,
  usernameOrEmail: string,
): Promise<User | undefined> {
  const name = usernameOrEmail.trim().toLowerCase();
  if (name === '' || name.length > MAX_USERNAME_LENGTH) return undefined;
  if (realm.loginWithEmailAllowed && name.includes('@')) {
    const byEmail = await directory.userByEmail(realm, name);
    if (byEmail !== undefined) return byEmail;
  }
  return directory.userByUsername(realm, name);
}
