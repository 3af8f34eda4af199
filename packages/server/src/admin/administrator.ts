import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm, Role, User } from '../model/index.ts';
import { bearerOf, presentedToken } from '../oidc/bearer-of-request.ts';
import { challengeHeaders } from '../oidc/oauth-error.ts';
import { managementRoles, masterClientOf, realmAdminRole, realmManagementClient } from '../realm/management-roles.ts';
import { masterRealm } from '../realm/realm-defaults.ts';

/** Who asks: the user of a bearer token, with the ids of the user's own roles and those of its groups; composites are looked up from below. */
export interface Administrator {
  /** The realm that issued the token. */
  readonly realm: Realm;
  readonly user: User;
  /** The client that the token was issued to. */
  readonly client: Client;
  readonly ownRoleIds: ReadonlySet<string>;
  /** The user session of the token; tokens of direct grants may have none. */
  readonly sessionId: string | undefined;
}

const unauthorized = (headers: Readonly<Record<string, string>> = {}): ReplyError =>
  new ReplyError(401, { error: 'HTTP 401 Unauthorized' }, headers);

/** Largest token that is looked at. */
const MAX_TOKEN_CHARACTERS = 65_536;

/** The administrator behind the bearer token of any realm of this server. @throws ReplyError 401. */
export async function administratorOf(context: ServerContext, request: FastifyRequest): Promise<Administrator> {
  const shown = presentedToken(context, request);
  if (shown === undefined || shown.token.length > MAX_TOKEN_CHARACTERS) throw unauthorized();
  const name = realmNameIn(shown.token);
  const realm = name === undefined ? undefined : await context.state.directory.realmByName(name);
  if (!realm?.enabled) throw unauthorized();
  const verdict = await bearerOf(context, realm, requestContext(request).issuer(realm.realm), request, shown);
  if (!verdict.ok) throw unauthorized(challengeHeaders(realm.realm, shown, verdict));
  const { user, client, claims } = verdict.bearer;
  const sessionId = typeof claims['sid'] === 'string' ? claims['sid'] : undefined;
  return { realm, user, client, sessionId, ownRoleIds: new Set(await ownRoleIds(context, realm, user)) };
}

/** Roles of the user: direct, and through groups and their parents. */
async function ownRoleIds({ state: { directory } }: ServerContext, realm: Realm, user: User): Promise<string[]> {
  const grants = await directory.grants(realm, user);
  const ids = [...grants.roleIds];
  const seen = new Set<string>();
  const queue = [...grants.groupIds];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    ids.push(...(await directory.groupRoles(realm, id)));
    const parentId = (await directory.group(realm, id))?.parentId;
    if (parentId !== undefined) queue.push(parentId);
  }
  return ids;
}

/** Names of the management roles that the administrator has over `realm`; empty where it is not its business. */
export async function rolesOver({ state: { directory } }: ServerContext, admin: Administrator, realm: Realm): Promise<ReadonlySet<string>> {
  const fromMaster = admin.realm.realm === masterRealm;
  if (!fromMaster && admin.realm.id !== realm.id) return new Set();
  const clientId = fromMaster ? masterClientOf(realm.realm) : realmManagementClient;
  const client = await directory.clientByClientId(admin.realm, clientId);
  if (!client) return new Set();
  const holders = await directory.roleHolders(admin.realm, client.id, managementNames);
  return withRealmAdmin([...holders].flatMap(([name, ids]) => (ids.isDisjointFrom(admin.ownRoleIds) ? [] : [name])));
}

/**
 * `rolesOver` every realm at once, with as many statements however many there are. The roles that those of the administrator bring along are what
 * a token for it needs, and are cached for that; a thousand realms are twenty thousand of them.
 */
export async function rolesOverAll(
  context: ServerContext,
  admin: Administrator,
): Promise<(realm: Pick<Realm, 'id' | 'realm'>) => ReadonlySet<string>> {
  if (admin.realm.realm !== masterRealm) {
    const own = await rolesOver(context, admin, admin.realm);
    return ({ id }) => (id === admin.realm.id ? own : new Set());
  }
  const names = managementByClient(await context.state.directory.expandRoles(admin.realm, [...admin.ownRoleIds]));
  const clients = await context.storage.stores.clients.clientIds(admin.realm.id, [...names.keys()]);
  const ofClient = new Map(clients.map(({ id, clientId }) => [clientId, withRealmAdmin(names.get(id) ?? [])]));
  return ({ realm }) => ofClient.get(masterClientOf(realm)) ?? new Set();
}

const managementNames: readonly string[] = [...Object.keys(managementRoles), realmAdminRole];
const isManagement: ReadonlySet<string> = new Set(managementNames);

/** Of lists of roles that were cached: what was found in a list holds as long as the list. */
const foundInList = new WeakMap<readonly Role[], ReadonlyMap<string, readonly string[]>>();

/** Names of the management roles among some roles, by the id of their client. */
function managementByClient(roles: readonly Role[]): ReadonlyMap<string, readonly string[]> {
  const known = foundInList.get(roles);
  if (known !== undefined) return known;
  const found = new Map<string, string[]>();
  for (const { clientId, name } of roles) {
    if (clientId === undefined || !isManagement.has(name)) continue;
    const names = found.get(clientId);
    if (names === undefined) found.set(clientId, [name]);
    else names.push(name);
  }
  foundInList.set(roles, found);
  return found;
}

function withRealmAdmin(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.includes(realmAdminRole) ? managementNames : names);
}

/** Whether the administrator has a role of its own realm, however it came by it. */
export async function hasRole({ state: { directory } }: ServerContext, admin: Administrator, role: Role): Promise<boolean> {
  const holders = (await directory.roleHolders(admin.realm, role.clientId, [role.name])).get(role.name);
  return holders !== undefined && !holders.isDisjointFrom(admin.ownRoleIds);
}

/** Whether the administrator may create realms: role `create-realm` of master, which `admin` brings along. */
export async function mayCreateRealms({ state: { directory } }: ServerContext, admin: Administrator): Promise<boolean> {
  if (admin.realm.realm !== masterRealm) return false;
  const holders = await directory.roleHolders(admin.realm, undefined, ['create-realm', 'admin']);
  return [...holders.values()].some((ids) => !ids.isDisjointFrom(admin.ownRoleIds));
}

/** The realm of an unverified token: only used to find the keys that prove it. */
function realmNameIn(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const issuer = typeof claims === 'object' && claims !== null && 'iss' in claims ? claims.iss : undefined;
    const [, name] = typeof issuer === 'string' ? (/\/realms\/([^/]+)$/.exec(issuer) ?? []) : [];
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
