import { randomUUID } from 'node:crypto';
import { grantsTag, userTags } from '../../cache/invalidation-keys.ts';
import type { Credential, User } from '../../model/index.ts';
import { userFromRepresentation } from '../../realm/user-representation.ts';
import { badRequest } from '../answers.ts';
import type { ImportItem, ImportKind, ImportWork } from './kind.ts';
import { rolesNamed } from './roles.ts';

/** A user whose passwords are hashed already: no transaction waits for that. */
export interface UserItem extends ImportItem {
  readonly credentials: readonly Credential[];
  readonly temporary: boolean;
}

/** Users with credentials, roles and groups. They hold what the body gives them, as users of a realm file do. */
export function importedUsers(items: readonly UserItem[]): ImportKind<UserItem> {
  const found = async ({ stores, realm }: ImportWork, { name, fields }: UserItem): Promise<User | undefined> => {
    const byName = await stores.users.byUsername(realm.id, name.toLowerCase());
    const email = fields.text('email')?.toLowerCase();
    return byName ?? (email === undefined || realm.duplicateEmailsAllowed ? undefined : stores.users.byEmail(realm.id, email));
  };
  return {
    resourceType: 'USER',
    items,
    async taken(work, item) {
      return (await found(work, item)) === undefined ? undefined : `User with user name ${item.name} already exists.`;
    },
    idOf: async (work, item) => (await found(work, item))?.id,

    async remove(work, item) {
      const user = await found(work, item);
      if (user === undefined) return;
      await work.stores.users.remove(work.realm.id, user.id);
      work.touch(...userTags(user), grantsTag(user.id));
    },

    async create(work, { fields, credentials, temporary }) {
      const { stores, realm, nowMs, touch } = work;
      const read = userFromRepresentation(fields, realm.id, nowMs);
      const requiredActions = temporary ? [...new Set([...read.requiredActions, 'UPDATE_PASSWORD'])] : read.requiredActions;
      const user: User = { ...read, id: randomUUID(), requiredActions };
      const roles = await rolesNamed(work, fields, 'realmRoles', 'clientRoles');
      await stores.users.insertWhole([
        {
          user,
          credentials: credentials.map((credential) => ({ ...credential, id: randomUUID(), userId: user.id })),
          roleIds: [...new Set(roles.map(({ id }) => id))],
          groupIds: await groupsNamed(work, fields.texts('groups') ?? []),
        },
      ]);
      touch(...userTags(user), grantsTag(user.id));
      return user.id;
    },
  };
}

async function groupsNamed({ stores, realm }: ImportWork, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const groups = await stores.groups.list(realm.id);
  const ids = paths.map((path) => {
    const group = groups.find((one) => one.path === (path.startsWith('/') ? path : `/${path}`));
    if (group === undefined) throw badRequest(`Unable to find group specified by path: ${path}`);
    return group.id;
  });
  return [...new Set(ids)];
}
