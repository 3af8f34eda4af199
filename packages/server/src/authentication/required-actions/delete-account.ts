import { grantsTag, userTags } from '../../cache/invalidation-keys.ts';
import type { Realm, User } from '../../model/index.ts';
import { standingOf } from '../../token/permitted-roles.ts';
import type { ActionParts, RequiredAction } from './required-action.ts';

/** Client and role that say who may delete his own account. */
const CLIENT = 'account';
const ROLE = 'delete-account';

/** delete_account: the user's own account goes, with every session of it. Switched off in a realm until an administrator wants it. */
export const deleteAccount: RequiredAction = {
  id: 'delete_account',
  template: 'delete-account-confirm',
  heading: 'deleteAccountHeading',
  demand: undefined,

  async process(parts, { realm, user, clientId, ipAddress, issuer }) {
    if (!(await mayDelete(parts, realm, user))) {
      parts.events.emit({ ...eventOf(realm, user, clientId, ipAddress), type: 'DELETE_ACCOUNT_ERROR', error: 'user_delete_error' });
      return [{ field: undefined, message: 'deleteAccountForbiddenMessage', parameters: [] }];
    }
    // The sessions first: their clients are told by whom, and nothing of an account that is gone can be used for a moment longer.
    for (const offline of [false, true]) {
      const sessions = await parts.state.userSessions.ofUser(realm, user.id, offline);
      const ids = sessions.map(({ session }) => session.id);
      await parts.logouts.endSessions(realm, ids, { issuer, offline });
    }
    await parts.state.changes.write(async (stores, touch) => {
      await stores.users.remove(realm.id, user.id);
      touch(...userTags(user), grantsTag(user.id));
    });
    await parts.state.userSessions.removeOfUser(realm, user.id);
    parts.events.emit({ ...eventOf(realm, user, clientId, ipAddress), type: 'DELETE_ACCOUNT' });
    return 'account-gone';
  },
};

async function mayDelete({ state: { directory } }: ActionParts, realm: Realm, user: User): Promise<boolean> {
  const client = await directory.clientByClientId(realm, CLIENT);
  const { roles } = await standingOf(directory, realm, user);
  return client !== undefined && roles.some((role) => role.clientId === client.id && role.name === ROLE);
}

function eventOf(realm: Realm, user: User, clientId: string, ipAddress: string) {
  return { realmId: realm.id, realmName: realm.realm, clientId, userId: user.id, ipAddress, details: { username: user.username } };
}
