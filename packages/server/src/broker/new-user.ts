import { randomUUID } from 'node:crypto';
import { grantsTag, groupTag, userTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { FederatedIdentity, IdentityProvider, Realm, User } from '../model/index.ts';
import { defaultGroupPaths } from '../realm/default-groups.ts';
import { authenticationOf } from '../realm/realm-authentication.ts';
import type { Stores } from '../store/stores.ts';
import type { OutsideIdentity } from './outside-identity.ts';

const READ_TOKEN = { client: 'broker', role: 'read-token' };

/** The user who has the address or the name of an identity. */
export async function whoIsLike({ state }: ServerContext, realm: Realm, identity: OutsideIdentity): Promise<User | undefined> {
  const { directory } = state;
  const byEmail =
    identity.email === undefined || realm.duplicateEmailsAllowed ? undefined : await directory.userByEmail(realm, identity.email);
  return byEmail ?? directory.userByUsername(realm, usernameOf(realm, identity));
}

function usernameOf(realm: Realm, { username, email }: OutsideIdentity): string {
  return realm.registrationEmailAsUsername && email !== undefined ? email : username;
}

/** The user that an identity becomes. */
export function newUserOf({ clock }: ServerContext, realm: Realm, identity: OutsideIdentity): User {
  const { requiredActions } = authenticationOf(realm);
  return {
    id: randomUUID(),
    realmId: realm.id,
    version: 0,
    username: usernameOf(realm, identity),
    email: identity.email,
    emailVerified: identity.email !== undefined && identity.emailVerified,
    firstName: identity.firstName,
    lastName: identity.lastName,
    enabled: true,
    createdTimestamp: clock.nowMs(),
    notBefore: 0,
    attributes: Object.fromEntries(Object.entries(identity.attributes).filter(([, values]) => values.length > 0)),
    requiredActions: requiredActions.filter(({ enabled, defaultAction }) => enabled && defaultAction).map(({ providerId }) => providerId),
  };
}

/** Ids of roles by the names that mappers have; a role that is not there is left out. */
export async function roleIdsOf({ state }: ServerContext, realm: Realm, names: readonly string[]): Promise<readonly string[]> {
  const { directory } = state;
  const found = await Promise.all(
    names.map(async (name) => {
      const dot = name.lastIndexOf('.');
      const client = dot < 0 ? undefined : await directory.clientByClientId(realm, name.slice(0, dot));
      return directory.roleByName(realm, client?.id, client === undefined ? name : name.slice(dot + 1));
    }),
  );
  return found.flatMap((role) => (role === undefined ? [] : [role.id]));
}

/** Puts a user into groups and takes him out of others, by path; a group that is not there is left out. */
export async function changeGroups(
  stores: Stores,
  touch: (...keys: string[]) => void,
  { realmId, id }: User,
  joins: readonly string[],
  leaves: readonly string[],
): Promise<void> {
  if (joins.length === 0 && leaves.length === 0) return;
  for (const group of await stores.groups.list(realmId)) {
    if (joins.includes(group.path)) await stores.users.joinGroup(id, group.id);
    else if (leaves.includes(group.path)) await stores.users.leaveGroup(id, group.id);
    else continue;
    touch(groupTag(group.id));
  }
  touch(grantsTag(id));
}

/** Stores a new user with what the mappers give him, and the link where it is due: both or neither. @throws ServerError KG_STORE_DUPLICATE */
export async function storeNewUser(
  context: ServerContext,
  realm: Realm,
  provider: IdentityProvider,
  user: User,
  identity: OutsideIdentity,
  link: FederatedIdentity | undefined,
): Promise<boolean> {
  const roleIds = await roleIdsOf(context, realm, identity.roles);
  const broker = provider.addReadTokenRoleOnCreate ? await context.state.directory.clientByClientId(realm, READ_TOKEN.client) : undefined;
  const readToken = broker === undefined ? undefined : await context.state.directory.roleByName(realm, broker.id, READ_TOKEN.role);
  const isLinked = new Error('the identity is linked already');
  try {
    await context.state.changes.write(async (stores, touch) => {
      await stores.users.insert(user);
      await stores.users.addRoles(user.id, [realm.defaultRole.id, ...roleIds, ...(readToken === undefined ? [] : [readToken.id])]);
      await changeGroups(stores, touch, user, [...defaultGroupPaths(realm), ...identity.groups], []);
      if (link !== undefined && !(await stores.federatedIdentities.add(realm.id, user.id, link))) throw isLinked;
      touch(...userTags(user), grantsTag(user.id));
    });
    return true;
  } catch (error) {
    if (error === isLinked) return false;
    throw error;
  }
}
