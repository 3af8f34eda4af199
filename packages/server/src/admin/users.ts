import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { withoutLockout } from '../authentication/login-protection.ts';
import { grantsTag, groupTag, userTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import type { Credential, Realm, User } from '../model/index.ts';
import { defaultGroupPaths } from '../realm/default-groups.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import type { HashPassword } from '../realm/hash-password.ts';
import { profileMetadata } from '../realm/user-profile/metadata.ts';
import { credentialFromRepresentation, userFromRepresentation, userToRepresentation } from '../realm/user-representation.ts';
import { SECOND_FACTOR } from '../security/second-factor/second-factors.ts';
import type { Stores, UserQuery } from '../store/stores.ts';
import { adminRoutes, bodyOf, created, write } from './admin-route.ts';
import { badRequest, invalidValue, taken } from './answers.ts';
import { linksOf } from './federated-identities.ts';
import { userOf } from './lookups.ts';
import { refuseWeakPassword } from './password-answers.ts';
import { DEFAULT_PAGE_SIZE, pageOf, queryFlag } from './query.ts';
import { userShape } from './representation-shapes.ts';
import { userAccess, userToListed } from './user-answers.ts';
import { checkProfile } from './user-profile.ts';
import { userQueryOf } from './user-query.ts';

/** The users of a realm: list, count, create, read, change, remove. */
export function registerUsers(app: FastifyInstance, context: ServerContext, hashPassword: HashPassword): void {
  const declare = adminRoutes(app, context);
  const { stores } = context.storage;

  declare('GET /users', async ({ request, realm, held }) => {
    // Who may only query sees nobody, as there is no permission on single users.
    if (!held.has('view-users') && !held.has('manage-users')) return [];
    const query = userQueryOf(request);
    const page = pageOf(request, DEFAULT_PAGE_SIZE);
    const byId = idSearch(query);
    const found = byId === undefined ? await stores.users.list(realm.id, { ...query, ...page }) : await usersById(stores, realm, byId);
    const short = queryFlag(request, 'briefRepresentation') ?? false;
    const access = { manage: held.has('manage-users') };
    return found.map((user) => ({ ...userToListed(user, short), access }));
  });

  declare('GET /users/count', async ({ request, realm, held }) => {
    if (!held.has('view-users') && !held.has('manage-users')) return 0;
    const query = userQueryOf(request);
    const byId = idSearch(query);
    return byId === undefined ? await stores.users.count(realm.id, query) : (await usersById(stores, realm, byId)).length;
  });

  declare('POST /users', async (call) => {
    const { realm } = call;
    const body = bodyOf<Representation>(call.request, userShape);
    const name = realm.registrationEmailAsUsername ? body['email'] : body['username'];
    if (typeof name !== 'string' || name.trim() === '') throw invalidValue('User name is missing');
    const fields = new Fields({ ...body, username: name, id: null, createdTimestamp: null, serviceAccountClientLink: null }, 'user');
    checkProfile(realm, fields, true);
    const read = userFromRepresentation(fields, realm.id, context.clock.nowMs());
    const { credentials, temporary } = await credentialsOf(context, hashPassword, realm, read, fields);
    const user = temporary ? { ...read, requiredActions: [...new Set([...read.requiredActions, 'UPDATE_PASSWORD'])] } : read;
    await write(context, async (open, touch) => {
      await refuseTaken(open, realm, user, undefined);
      await open.users.insert(user);
      for (const credential of credentials) await open.credentials.insert(credential);
      await open.users.addRoles(user.id, [realm.defaultRole.id]);
      for (const id of await groupsFor(open, realm, fields)) {
        await open.users.joinGroup(user.id, id);
        touch(groupTag(id));
      }
      touch(...userTags(user), grantsTag(user.id));
    });
    return created(call, `/users/${user.id}`);
  });

  declare('GET /users/:userId', async (call) => {
    const user = await userOf(call);
    const metadata = queryFlag(call.request, 'userProfileMetadata')
      ? { userProfileMetadata: profileMetadata(call.realm, 'admin', false) }
      : {};
    // Links are told where there is something to be linked with.
    const links = (call.realm.identityProviders ?? []).length > 0 ? { federatedIdentities: await linksOf(context, user.id) } : {};
    return {
      ...userToRepresentation(user),
      ...links,
      totp: (await context.secondFactors.configured(user)).has(SECOND_FACTOR.otp),
      ...metadata,
      access: userAccess(call.held),
    };
  });

  declare('PUT /users/:userId', async (call) => {
    const { realm } = call;
    const before = await userOf(call);
    const fields = new Fields(bodyOf<Representation>(call.request, userShape), 'user');
    checkProfile(realm, fields, false);
    const wanted = fields.text('username')?.trim().toLowerCase();
    if (wanted && wanted !== before.username && !realm.editUsernameAllowed && !realm.registrationEmailAsUsername) {
      throw new ReplyError(400, { field: 'username', errorMessage: 'error-user-attribute-read-only', params: ['username'] });
    }
    const { credentials, temporary } = await credentialsOf(context, hashPassword, realm, before, fields);
    const after = await write(context, async (open, touch) => {
      const current = (await open.users.byId(realm.id, before.id)) ?? before;
      const read = userFromRepresentation(fields, realm.id, context.clock.nowMs(), current);
      const known = read.enabled && !current.enabled ? { ...read, attributes: withoutLockout(read.attributes) } : read;
      const user = temporary ? { ...known, requiredActions: [...new Set([...known.requiredActions, 'UPDATE_PASSWORD'])] } : known;
      await refuseTaken(open, realm, user, current);
      const stored = await open.users.update(user);
      for (const old of credentials.length === 0 ? [] : await open.credentials.ofUser(user.id)) {
        if (credentials.some((credential) => credential.type === old.type)) await open.credentials.remove(user.id, old.id);
      }
      for (const credential of credentials) await open.credentials.insert(credential);
      touch(...userTags(current), ...userTags(stored));
      return stored;
    });
    if (before.enabled && !after.enabled) await context.state.userSessions.removeOfUser(realm, before.id);
    if (!before.enabled && after.enabled) await context.state.loginFailures.clear(realm, before.id);
    return undefined;
  });

  declare('DELETE /users/:userId', async (call) => {
    const user = await userOf(call);
    await write(context, async (open, touch) => {
      await open.users.remove(call.realm.id, user.id);
      touch(...userTags(user), grantsTag(user.id));
    });
    await context.state.userSessions.removeOfUser(call.realm, user.id);
    await context.state.loginFailures.clear(call.realm, user.id);
  });
}

/** `search=id:<uuid> <uuid>` asks for users by id. */
function idSearch({ search }: UserQuery): readonly string[] | undefined {
  return search?.startsWith('id:') ? search.slice(3).trim().split(/\s+/) : undefined;
}

async function usersById(stores: Stores, realm: Realm, ids: readonly string[]): Promise<User[]> {
  const users = await Promise.all([...new Set(ids)].slice(0, DEFAULT_PAGE_SIZE).map((id) => stores.users.byId(realm.id, id)));
  return users.filter((user) => user !== undefined);
}

async function refuseTaken(stores: Stores, realm: Realm, user: User, before: User | undefined): Promise<void> {
  const sameName = user.username === before?.username ? undefined : await stores.users.byUsername(realm.id, user.username);
  if (sameName && sameName.id !== user.id) throw taken('User exists with same username');
  if (user.email === undefined || user.email === before?.email || realm.duplicateEmailsAllowed) return;
  const sameEmail = await stores.users.byEmail(realm.id, user.email);
  if (sameEmail && sameEmail.id !== user.id) throw taken('User exists with same email');
}

async function groupsFor(stores: Stores, realm: Realm, fields: Fields): Promise<string[]> {
  const paths = new Set([...defaultGroupPaths(realm), ...(fields.texts('groups') ?? [])]);
  if (paths.size === 0) return [];
  const groups = await stores.groups.list(realm.id);
  return [...paths].map((path) => {
    const group = groups.find((one) => one.path === (path.startsWith('/') ? path : `/${path}`));
    if (!group) throw badRequest(`Unable to find group specified by path: ${path}`);
    return group.id;
  });
}

/** The credentials of a body, passwords hashed. @throws ReplyError 400 where one breaks the password policy. */
async function credentialsOf(
  context: ServerContext,
  hashPassword: HashPassword,
  realm: Realm,
  user: User,
  fields: Fields,
): Promise<{ credentials: Credential[]; temporary: boolean }> {
  const credentials: Credential[] = [];
  let temporary = false;
  for (const one of fields.objects('credentials', 'type') ?? []) {
    const read = credentialFromRepresentation(one, user.id, context.clock.nowMs());
    if (!('plain' in read)) {
      credentials.push(read);
      continue;
    }
    await refuseWeakPassword(context, realm, user, read.plain);
    temporary ||= read.temporary;
    credentials.push({
      id: randomUUID(),
      userId: user.id,
      type: 'password',
      createdDate: context.clock.nowMs(),
      priority: 10,
      version: 0,
      ...(await hashPassword(realm, read.plain)),
    });
  }
  return { credentials, temporary };
}
