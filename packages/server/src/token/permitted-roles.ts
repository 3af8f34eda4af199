import type { Directory } from '../cache/contracts.ts';
import type { Client, ClientScope, Group, Realm, Role, User } from '../model/index.ts';
import type { TokenRoles } from './protocol-mappers/mapper.ts';

type Line = readonly [Group, ...Group[]];

/** Who the user is in terms of roles and groups. */
export interface Standing {
  /** Effective roles: own, of groups and their parents, and everything inside composites. */
  readonly roles: readonly Role[];
  readonly groups: readonly Line[];
}

/** Deepest nesting of groups that is followed. */
const MAX_GROUP_DEPTH = 32;

/** Loads the user's effective roles and group lines. */
export async function standingOf(directory: Directory, realm: Realm, user: User): Promise<Standing> {
  const grants = await directory.grants(realm, user);
  const groups = await Promise.all(grants.groupIds.map((id) => groupLine(directory, realm, id)));
  const lines = groups.filter((line) => line !== undefined);
  const groupIds = new Set(lines.flatMap((line) => line.map((group) => group.id)));
  const groupRoles = await Promise.all([...groupIds].map((id) => directory.groupRoles(realm, id)));
  return { roles: await directory.expandRoles(realm, [...grants.roleIds, ...groupRoles.flat()]), groups: lines };
}

/** Whether the user may use a client scope: one without role mappings is free, else the user needs one of the roles. */
export async function mayUseScope(directory: Directory, realm: Realm, scope: ClientScope, roles: readonly Role[]): Promise<boolean> {
  const mapped = await directory.scopeMappingsOf(realm, scope);
  if (mapped.length === 0) return true;
  const wanted = new Set((await directory.expandRoles(realm, mapped)).map((role) => role.id));
  return roles.some((role) => wanted.has(role.id));
}

/** The part of the user's roles that the client may see, by name: all of them with full scope, else its own, its mapped and its scopes' roles. */
export async function tokenRoles(
  directory: Directory,
  realm: Realm,
  client: Client,
  scopes: readonly ClientScope[],
  roles: readonly Role[],
): Promise<TokenRoles> {
  const visible = client.fullScopeAllowed ? roles : await insideScope(directory, realm, client, scopes, roles);
  const out: TokenRoles = { realm: [], clients: new Map() };
  for (const role of visible) {
    if (role.clientId === undefined) {
      out.realm.push(role.name);
      continue;
    }
    const owner = role.clientId === client.id ? client : await directory.clientById(realm, role.clientId);
    if (!owner) continue;
    const names = out.clients.get(owner.clientId);
    if (names) names.push(role.name);
    else out.clients.set(owner.clientId, [role.name]);
  }
  return out;
}

async function insideScope(
  directory: Directory,
  realm: Realm,
  client: Client,
  scopes: readonly ClientScope[],
  roles: readonly Role[],
): Promise<readonly Role[]> {
  const mapped = await Promise.all([
    directory.clientScopeMappings(realm, client),
    ...scopes.map((scope) => directory.scopeMappingsOf(realm, scope)),
  ]);
  const allowed = new Set((await directory.expandRoles(realm, mapped.flat())).map((role) => role.id));
  return roles.filter((role) => role.clientId === client.id || allowed.has(role.id));
}

async function groupLine(directory: Directory, realm: Realm, id: string): Promise<Line | undefined> {
  const own = await directory.group(realm, id);
  if (!own) return undefined;
  const line: [Group, ...Group[]] = [own];
  for (let at = own; at.parentId !== undefined && line.length < MAX_GROUP_DEPTH; ) {
    const parent = await directory.group(realm, at.parentId);
    if (!parent) break;
    line.push(parent);
    at = parent;
  }
  return line;
}
