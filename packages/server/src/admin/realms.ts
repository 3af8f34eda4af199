import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientTags, grantsTag, realmTags, wholeRealm } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError, ServerError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Realm } from '../model/index.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import type { HashPassword } from '../realm/hash-password.ts';
import { createRealm } from '../realm/import-realm.ts';
import { LOCALIZATION_FIELD } from '../realm/localization.ts';
import { masterClientOf } from '../realm/management-roles.ts';
import { masterRealm } from '../realm/realm-defaults.ts';
import { realmFromRepresentation, realmToRepresentation } from '../realm/realm-representation.ts';
import { removeRealm } from '../realm/store-realm.ts';
import type { UserProfile } from '../realm/user-profile/profile.ts';
import type { RealmBrief, Stores } from '../store/stores.ts';
import { type AdminCall, adminRoutes, answered, bodyOf, write } from './admin-route.ts';
import { administratorOf, mayCreateRealms, rolesOverAll } from './administrator.ts';
import { badRequest, forbidden, invalidValue, taken } from './answers.ts';
import { anyAdministrator, isMet } from './endpoint-permissions.ts';
import { changeProfile } from './profile-configuration.ts';
import { queryFlag } from './query.ts';
import { realmShape, uiRealmShape } from './representation-shapes.ts';

/** A realm of a hundred thousand users is imported from the command line; this is what one request may carry. */
const IMPORT_LIMIT_BYTES = 64 * 1_048_576;
const MAX_NAME_CHARACTERS = 255;
/** What Keycloak refuses by name; the first one in the text is named. The rest of the rules is with the representation. */
const BAD_IN_NAME = /[!#$&()*+,/:;=?@[\\\]]/;

/** The list of realms, and one realm: create (also by a whole export), read, change, remove. */
export function registerRealms(app: FastifyInstance, context: ServerContext, hashPassword: HashPassword): void {
  app.get('/admin/realms', (request, reply) => listRealms(context, request, reply));
  app.post('/admin/realms', { bodyLimit: IMPORT_LIMIT_BYTES }, (request, reply) =>
    answered(() => postRealm(context, hashPassword, request, reply)),
  );
  const declare = adminRoutes(app, context);
  declare('GET ', async (call) => (maySee(call.held) ? readRealm(call.realm) : { realm: call.realm.realm }));
  declare('PUT ', (call) => putRealm(call, bodyOf<Representation>(call.request, realmShape)));
  // The console saves a realm and its user profile together.
  declare('PUT /ui-ext', async (call) => {
    const { upConfig, ...body } = bodyOf<Representation>(call.request, uiRealmShape);
    await putRealm(call, body);
    if (upConfig !== null && upConfig !== undefined) await changeProfile(call, upConfig as UserProfile);
    return undefined;
  });
  declare('DELETE ', async ({ realm }) => {
    if (realm.realm === masterRealm) throw invalidValue("Can't remove master realm");
    await context.state.userSessions.removeOfRealm(realm);
    await context.state.loginFailures.clearAll(realm);
    await write(context, (stores, touch) => removeRealm(stores, realm.realm, touch));
    return undefined;
  });
}

const maySee = (held: ReadonlySet<string>): boolean => held.has('view-realm') || held.has('manage-realm');

/** A secret that a representation shows only as being there. */
export const MASK = '**********';

function readRealm(realm: Realm): Representation {
  const {
    components: _,
    [LOCALIZATION_FIELD]: __,
    identityProviders: ___,
    identityProviderMappers: ____,
    ...shown
  } = realmToRepresentation(realm);
  return realm.smtpServer['password'] === undefined ? shown : { ...shown, smtpServer: { ...realm.smtpServer, password: MASK } };
}

async function listRealms(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  reply.header('cache-control', 'no-cache');
  const admin = await administratorOf(context, request);
  const short = queryFlag(request, 'briefRepresentation') ?? false;
  const over = await rolesOverAll(context, admin);
  const { realms } = context.storage.stores;
  const shown = short ? listed(await realms.briefs(), over, (realm) => ({ ...realm })) : listed(await realms.list(), over, readRealm);
  if (shown.length === 0) throw forbidden();
  return shown;
}

/** The realms that the administrator has a part in: whole where it may see them, else by name. */
function listed<R extends RealmBrief>(
  realms: readonly R[],
  over: (realm: R) => ReadonlySet<string>,
  show: (realm: R) => Representation,
): Representation[] {
  return realms.flatMap((realm) => {
    const held = over(realm);
    return maySee(held) ? [show(realm)] : isMet(anyAdministrator, held) ? [{ realm: realm.realm }] : [];
  });
}

async function postRealm(
  context: ServerContext,
  hashPassword: HashPassword,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const admin = await administratorOf(context, request);
  if (!(await mayCreateRealms(context, admin))) throw forbidden();
  let body: Representation;
  try {
    body = bodyOf<Representation>(request, realmShape);
  } catch (error) {
    if (error instanceof ReplyError && error.statusCode === 400) throw invalidValue('unable to read contents from stream');
    throw error;
  }
  const name = body['realm'];
  if (typeof name !== 'string' || name.trim() === '') throw invalidValue('Realm name cannot be empty');
  refuseName(name);
  const { state, storage, clock } = context;
  if (await storage.stores.realms.byName(name)) throw taken(`Realm ${name} already exists`);
  try {
    const realm = await createRealm({ changes: state.changes, stores: storage.stores, clock, hashPassword }, body);
    await giveToCreator(context, admin.user.id, realm);
  } catch (error) {
    if (error instanceof ServerError && error.code === 'KG_STORE_DUPLICATE') throw taken(`Realm ${name} already exists`);
    throw error;
  }
  return reply
    .code(201)
    .header('location', `${requestContext(request).adminBaseUrl}/admin/realms/${encodeURIComponent(name)}`)
    .send();
}

/** Whoever creates a realm without being the administrator of all may administer it. */
async function giveToCreator(context: ServerContext, userId: string, realm: Realm): Promise<void> {
  const { stores } = context.storage;
  const master = await stores.realms.byName(masterRealm);
  const client = master && (await stores.clients.byClientId(master.id, masterClientOf(realm.realm)));
  const adminRole = master && (await stores.roles.byName(master.id, undefined, 'admin'));
  if (!master || !client) return;
  const { roleIds } = await stores.users.grants(userId);
  if (adminRole && roleIds.includes(adminRole.id)) return;
  const roles = await stores.roles.list(master.id, client.id);
  await write(context, async ({ users }, touch) => {
    await users.addRoles(
      userId,
      roles.map((role) => role.id),
    );
    touch(grantsTag(userId));
  });
}

function refuseName(name: string): void {
  const [bad] = BAD_IN_NAME.exec(name) ?? [];
  if (bad !== undefined) throw badRequest(`Character '${bad}' not allowed.`);
}

async function putRealm({ context, realm: before }: AdminCall, body: Representation): Promise<void> {
  const { realm: name } = body;
  if (typeof name === 'string') refuseName(name);
  const { displayName } = body;
  if (typeof displayName === 'string' && displayName.length > MAX_NAME_CHARACTERS)
    throw invalidValue(`A name has at most ${MAX_NAME_CHARACTERS} characters`);
  await write(context, async (stores, touch) => {
    const current = (await stores.realms.byId(before.id)) ?? before;
    const read = realmFromRepresentation(new Fields(body, 'realm'), current.defaultRole, current);
    const realm = withKeptPassword(read, current);
    if (realm.realm !== current.realm) await renameRealm(stores, current, realm.realm, touch);
    await stores.realms.update(realm);
    touch(...realmTags(current), ...realmTags(realm));
  });
}

/** The mask in the place of the mail password means that it stays. */
function withKeptPassword(realm: Realm, before: Realm): Realm {
  const kept = before.smtpServer['password'];
  if (realm.smtpServer['password'] !== MASK) return realm;
  const { password: _, ...smtpServer } = realm.smtpServer;
  return { ...realm, smtpServer: kept === undefined ? smtpServer : { ...smtpServer, password: kept } };
}

/** The client in master that administers the realm carries its name. */
async function renameRealm(stores: Stores, realm: Realm, name: string, touch: (...keys: string[]) => void): Promise<void> {
  if (realm.realm === masterRealm) throw invalidValue("Can't rename master realm");
  if (await stores.realms.byName(name)) throw taken('Realm with same name exists');
  const master = await stores.realms.byName(masterRealm);
  const client = master && (await stores.clients.byClientId(master.id, masterClientOf(realm.realm)));
  if (!master || !client) return;
  const renamed = await stores.clients.update({ ...client, clientId: masterClientOf(name) });
  touch(...clientTags(client), ...clientTags(renamed), wholeRealm(realm.id), wholeRealm(master.id));
}
