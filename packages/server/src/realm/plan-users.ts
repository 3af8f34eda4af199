import { randomUUID } from 'node:crypto';
import type { Client, Credential, Group, Realm, User } from '../model/index.ts';
import type { Fields } from './fields.ts';
import type { HashPassword } from './hash-password.ts';
import type { PlannedUser } from './realm-plan.ts';
import type { RoleBook } from './role-book.ts';
import { credentialFromRepresentation, userFromRepresentation } from './user-representation.ts';

export interface UserParts {
  readonly realm: Realm;
  readonly book: RoleBook;
  /** By client id. */
  readonly clients: ReadonlyMap<string, Client>;
  readonly groups: readonly Group[];
  readonly hashPassword: HashPassword;
  readonly nowMs: number;
}

/** Passwords of a file that are hashed at once; the queue behind has a bound of its own. */
const hashesAtOnce = 8;

/**
 * Users with credentials, roles and groups. Imported users have exactly the roles that the file gives them; service accounts that it does
 * not mention are made, with the default role.
 */
export async function planUsers(fields: Fields, parts: UserParts): Promise<PlannedUser[]> {
  const given = fields.objects('users', 'username') ?? [];
  const groupsByPath = new Map(parts.groups.map((group) => [group.path, group.id]));
  const names = new Set<string>();
  const planned: PlannedUser[] = [];
  for (let at = 0; at < given.length; at += hashesAtOnce) {
    const batch = given.slice(at, at + hashesAtOnce);
    planned.push(...(await Promise.all(batch.map((one) => planUser(one, parts, groupsByPath, names)))));
  }
  const linked = new Set(planned.map(({ user }) => user.serviceAccountClientLink));
  for (const client of parts.clients.values()) {
    if (!client.serviceAccountsEnabled || linked.has(client.id)) continue;
    const user = serviceAccountOf(client, parts.nowMs);
    if (!names.has(user.username)) planned.push({ user, credentials: [], roleIds: [parts.realm.defaultRole.id], groupIds: [] });
  }
  return planned;
}

/** The user that stands for a client with a service account. */
export function serviceAccountOf(client: Client, nowMs: number): User {
  return {
    id: randomUUID(),
    realmId: client.realmId,
    version: 0,
    username: `service-account-${client.clientId}`.toLowerCase(),
    emailVerified: false,
    enabled: true,
    createdTimestamp: nowMs,
    notBefore: 0,
    attributes: {},
    requiredActions: [],
    serviceAccountClientLink: client.id,
  };
}

async function planUser(
  fields: Fields,
  { realm, book, clients, hashPassword, nowMs }: UserParts,
  groupsByPath: ReadonlyMap<string, string>,
  names: Set<string>,
): Promise<PlannedUser> {
  const read = userFromRepresentation(fields, realm.id, nowMs);
  if (names.has(read.username)) fields.refuse('username', 'stands there twice');
  names.add(read.username);
  const clientId = fields.text('serviceAccountClientId');
  const client = clientId === undefined ? undefined : clients.get(clientId);
  if (clientId !== undefined && !client) fields.refuse('serviceAccountClientId', 'does not exist');
  const roles = book.named(fields, 'realmRoles', 'clientRoles');
  const groupIds = (fields.texts('groups') ?? []).map((path) => {
    const id = groupsByPath.get(path.startsWith('/') ? path : `/${path}`);
    return id ?? fields.refuse('groups', `names ${JSON.stringify(path)}, which does not exist`);
  });
  const credentials: Credential[] = [];
  let mustUpdate = false;
  for (const one of fields.objects('credentials', 'type') ?? []) {
    const credential = credentialFromRepresentation(one, read.id, nowMs);
    if (!('plain' in credential)) {
      credentials.push(credential);
      continue;
    }
    mustUpdate ||= credential.temporary;
    const stored = await hashPassword(realm, credential.plain);
    credentials.push({ id: randomUUID(), userId: read.id, type: 'password', createdDate: nowMs, priority: 10, version: 0, ...stored });
  }
  const requiredActions = mustUpdate ? [...new Set([...read.requiredActions, 'UPDATE_PASSWORD'])] : read.requiredActions;
  const user: User = { ...read, requiredActions, ...(client && { serviceAccountClientLink: client.id }) };
  return { user, credentials, roleIds: [...new Set(roles.map((role) => role.id))], groupIds: [...new Set(groupIds)] };
}
