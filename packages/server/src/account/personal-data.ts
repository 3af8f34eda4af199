import type { FastifyInstance } from 'fastify';
import { userTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { User } from '../model/index.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import { messageKey } from '../realm/message-key.ts';
import { type ProfileValues, violationsOf, visibleAttributes } from '../realm/user-profile/check-profile.ts';
import { profileMetadata } from '../realm/user-profile/metadata.ts';
import { isEditable, profileOfUsers } from '../realm/user-profile/profile.ts';
import { ACCOUNT_CLIENT, type AccountCall, accountRoutes } from './account-route.ts';

/** Fields of the body that the console sends back and nobody writes. */
const KNOWN = new Set([
  'id',
  'username',
  'email',
  'emailVerified',
  'firstName',
  'lastName',
  'attributes',
  'userProfileMetadata',
  'createdTimestamp',
  'enabled',
  'totp',
  'access',
  'notBefore',
  'requiredActions',
  'disableableCredentialTypes',
]);
const BASIC = ['username', 'email', 'firstName', 'lastName'] as const;

/** The personal data of a person by the realm's user profile: looking at them and changing them. */
export function registerPersonalData(app: FastifyInstance, context: ServerContext): void {
  const declare = accountRoutes(app, context);
  for (const path of ['', '/']) {
    declare('GET', path, ['view-profile'], async (call) => shown(call, await userOf(call)));
    declare('POST', path, [], async (call) => {
      await change(call);
      return undefined;
    });
  }
  declare('GET', '/supportedLocales', [], async ({ realm }) => (realm.internationalizationEnabled ? realm.supportedLocales : []));
  declare('GET', '/groups', ['view-groups'], async ({ realm, bearer, request }) => {
    const { groupIds } = await context.state.directory.grants(realm, bearer.user);
    const groups = await Promise.all(groupIds.map((id) => context.state.directory.group(realm, id)));
    const brief = (request.query as { briefRepresentation?: string }).briefRepresentation !== 'false';
    return groups
      .filter((group) => group !== undefined)
      .map(({ id, name, path, attributes }) => ({ id, name, path, ...(brief ? {} : { attributes }) }));
  });
}

/** As the database holds it: what was just saved is shown, whichever node answers. */
async function userOf({ context, realm, bearer }: AccountCall): Promise<User> {
  return (await context.storage.stores.users.byId(realm.id, bearer.user.id)) ?? bearer.user;
}

function shown({ realm, request }: AccountCall, user: User): Representation {
  const attributes = visibleAttributes(profileOfUsers(realm), user.attributes, 'user');
  const { id, username, firstName, lastName, email, emailVerified } = user;
  const optional = { firstName, lastName, email };
  return {
    id,
    username,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    emailVerified,
    ...((request.query as { userProfileMetadata?: string }).userProfileMetadata === 'false'
      ? {}
      : { userProfileMetadata: profileMetadata(realm, 'user', false) }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

async function change(call: AccountCall): Promise<void> {
  const { context, realm, request } = call;
  const body = (request.body ?? {}) as Representation;
  const strange = Object.keys(body).find((name) => !KNOWN.has(name));
  if (strange !== undefined) {
    throw new ReplyError(400, { error: `Invalid json representation for UserRepresentation. Unrecognized field "${strange}".` });
  }
  const before = await userOf(call);
  const wanted = wantedOf(call, new Fields(body, 'user'), before);
  await context.state.changes.write(async (open, touch) => {
    const current = (await open.users.byId(realm.id, before.id)) ?? before;
    const after = { ...current, ...wanted, attributes: mergedAttributes(call, current, wanted.attributes) };
    if (after.email !== undefined && after.email !== current.email && !realm.duplicateEmailsAllowed) {
      const other = await open.users.byEmail(realm.id, after.email);
      if (other !== undefined && other.id !== current.id) throw taken('email', 'emailExistsMessage');
    }
    if (after.username !== current.username && (await open.users.byUsername(realm.id, after.username)) !== undefined) {
      throw taken('username', 'usernameExistsMessage');
    }
    const stored = await open.users.update({ ...after, emailVerified: after.email === current.email && current.emailVerified });
    touch(...userTags(current), ...userTags(stored));
  });
  context.events.emit({
    type: 'UPDATE_PROFILE',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: ACCOUNT_CLIENT,
    userId: before.id,
    sessionId: call.bearer.session?.id,
    ipAddress: requestContext(request).remoteAddress,
    details: { context: 'ACCOUNT', ...(wanted.email === before.email ? {} : { updated_email: wanted.email ?? '' }) },
  });
}

interface Wanted {
  readonly username: string;
  readonly email?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** What the person wants, judged by the profile. @throws ReplyError 400. */
function wantedOf({ realm }: AccountCall, fields: Fields, before: User): Wanted {
  const profile = profileOfUsers(realm);
  const username = fields.text('username')?.trim().toLowerCase() || before.username;
  if (username !== before.username && !realm.editUsernameAllowed) {
    throw new ReplyError(400, { field: 'username', errorMessage: 'error-user-attribute-read-only', params: [messageKey('username')] });
  }
  const attributes = fields.textListMap('attributes') ?? {};
  const given = {
    username,
    email: fields.text('email')?.trim().toLowerCase(),
    firstName: fields.text('firstName'),
    lastName: fields.text('lastName'),
  };
  const values: ProfileValues = {
    ...attributes,
    ...Object.fromEntries(BASIC.map((name) => [name, given[name] === undefined ? undefined : [given[name] ?? '']])),
  };
  const titles = new Map(profile.attributes.map(({ name, displayName }) => [name, displayName ?? name]));
  const errors = violationsOf(profile, values, 'user', true).map(({ params, ...one }) => ({
    ...one,
    params: [titles.get(one.field), ...params.slice(1)],
  }));
  if (errors.length === 1) throw new ReplyError(400, errors[0]);
  if (errors.length > 1) throw new ReplyError(400, { errors });
  const kept = (name: 'email' | 'firstName' | 'lastName'): string | undefined => {
    const attribute = profile.attributes.find((one) => one.name === name);
    return attribute !== undefined && isEditable(attribute, 'user') ? (given[name] ?? '') || undefined : before[name];
  };
  return { username, email: kept('email'), firstName: kept('firstName'), lastName: kept('lastName'), attributes };
}

/** Attributes that the person may change are as they were given; the others stay. */
function mergedAttributes({ realm }: AccountCall, { attributes }: User, given: Wanted['attributes']): User['attributes'] {
  const profile = profileOfUsers(realm);
  const known = new Map(profile.attributes.map((one) => [one.name, one]));
  const mayChange = (name: string): boolean => {
    const attribute = known.get(name);
    return attribute === undefined ? profile.unmanagedAttributePolicy === 'ENABLED' : isEditable(attribute, 'user');
  };
  const stays = Object.entries(attributes).filter(([name]) => !mayChange(name));
  const changed = Object.entries(given).filter(([name, values]) => mayChange(name) && values.some((value) => value !== ''));
  return Object.fromEntries([...stays, ...changed]);
}

function taken(field: string, errorMessage: string): ReplyError {
  const error = { field, errorMessage, params: [messageKey(field)] };
  return new ReplyError(409, { ...error, errors: [error] });
}
