import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, Realm, User } from '../model/index.ts';
import { managementRoles, masterClientOf, realmAdminRole, realmManagementClient } from '../realm/management-roles.ts';
import { masterRealm } from '../realm/realm-defaults.ts';

/** Who asks: the user of a bearer token, with all role ids that the user has, composites and groups included. */
export interface Administrator {
  /** The realm that issued the token. */
  readonly realm: Realm;
  readonly user: User;
  /** The client that the token was issued to. */
  readonly client: Client;
  readonly roleIds: ReadonlySet<string>;
}

const unauthorized = (): ReplyError => new ReplyError(401, { error: 'HTTP 401 Unauthorized' });

/** Largest token that is looked at. */
const MAX_TOKEN_CHARACTERS = 65_536;

/** The administrator behind the bearer token of any realm of this server. @throws ReplyError 401. */
export async function administratorOf(context: ServerContext, request: FastifyRequest): Promise<Administrator> {
  const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined || token.length > MAX_TOKEN_CHARACTERS) throw unauthorized();
  const name = realmNameIn(token);
  const realm = name === undefined ? undefined : await context.state.directory.realmByName(name);
  if (!realm?.enabled) throw unauthorized();
  const verdict = await context.tokens.bearer(realm, requestContext(request).issuer(realm.realm), token);
  if (!verdict.ok) throw unauthorized();
  const { user, client } = verdict.bearer;
  return { realm, user, client, roleIds: new Set(await effectiveRoleIds(context, realm, user)) };
}

/** Every role of the user: direct, through groups and their parents, and through composites. */
export async function effectiveRoleIds({ state: { directory } }: ServerContext, realm: Realm, user: User): Promise<string[]> {
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
  return (await directory.expandRoles(realm, ids)).map((role) => role.id);
}

/** Names of the management roles that the administrator has over `realm`; empty where it is not its business. */
export async function rolesOver({ state: { directory } }: ServerContext, admin: Administrator, realm: Realm): Promise<ReadonlySet<string>> {
  const fromMaster = admin.realm.realm === masterRealm;
  if (!fromMaster && admin.realm.id !== realm.id) return new Set();
  const clientId = fromMaster ? masterClientOf(realm.realm) : realmManagementClient;
  const client = await directory.clientByClientId(admin.realm, clientId);
  if (!client) return new Set();
  const names = [...Object.keys(managementRoles), realmAdminRole];
  const roles = await Promise.all(names.map((name) => directory.roleByName(admin.realm, client.id, name)));
  const held = new Set(roles.flatMap((role) => (role !== undefined && admin.roleIds.has(role.id) ? [role.name] : [])));
  if (held.has(realmAdminRole)) for (const name of Object.keys(managementRoles)) held.add(name);
  return held;
}

/** Whether the administrator may create realms: role `create-realm` of master, which `admin` brings along. */
export async function mayCreateRealms({ state: { directory } }: ServerContext, admin: Administrator): Promise<boolean> {
  if (admin.realm.realm !== masterRealm) return false;
  const roles = await Promise.all(['create-realm', 'admin'].map((name) => directory.roleByName(admin.realm, undefined, name)));
  return roles.some((role) => role !== undefined && admin.roleIds.has(role.id));
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
