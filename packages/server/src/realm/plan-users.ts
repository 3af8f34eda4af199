import { randomUUID } from 'node:crypto';
import { umaProtection } from '../authorization/changes/servers.ts';
import type { Client, Credential, FederatedIdentity, Group, Realm, User } from '../model/index.ts';
import { Fields } from './fields.ts';
import type { HashPassword } from './hash-password.ts';
import type { PlannedUser } from './realm-plan.ts';
import type { RoleBook } from './role-book.ts';
import { credentialFromRepresentation, userFromRepresentation } from './user-representation.ts';
import type { UserSource } from './users-file.ts';

export interface UserParts {
  readonly realm: Realm;
  readonly book: RoleBook;
  /** By client id. */
  readonly clients: ReadonlyMap<string, Client>;
  readonly groups: readonly Group[];
  readonly hashPassword: HashPassword;
  readonly nowMs: number;
  /** Told now and then how many users of files are stored. */
  readonly onUsers?: ((count: number) => void) | undefined;
}

/** Passwords of a file that are hashed at once; the queue behind has a bound of its own. */
const hashesAtOnce = 8;
const USERS_PER_REPORT = 1_000;
/** Users of files whose statements are under way together. */
const USERS_AT_ONCE = 100;
const NO_HASH = { secretData: '{}', credentialData: '{}' };

/** What users of a file have for themselves alone. */
interface Taken {
  readonly names: Set<string>;
  /** Identities of outside providers. */
  readonly identities: Set<string>;
}

const nothingTaken = (): Taken => ({ names: new Set(), identities: new Set() });

/** The users of a realm: those that are there now, and those that files bring while they are stored. */
export interface PlannedUsers {
  readonly users: readonly PlannedUser[];
  readonly furtherUsers?: (() => AsyncIterable<readonly PlannedUser[]>) | undefined;
}

/**
 * Users with credentials, roles and groups. Imported users have exactly the roles that the file gives them; service accounts that it does
 * not mention are made, with the default role.
 * @param source users beside those of the representation; each is judged here, so that nothing is stored of a file with a fault
 */
export async function planUsers(fields: Fields, parts: UserParts, source?: UserSource): Promise<PlannedUsers> {
  const given = fields.objects('users', 'username') ?? [];
  const groupsByPath = new Map(parts.groups.map((group) => [group.path, group.id]));
  const taken = nothingTaken();
  const { names } = taken;
  const planned: PlannedUser[] = [];
  for (let at = 0; at < given.length; at += hashesAtOnce) {
    const batch = given.slice(at, at + hashesAtOnce);
    planned.push(...(await Promise.all(batch.map((one) => planUser(one, parts, groupsByPath, taken)))));
  }
  const linked = new Set(planned.map(({ user }) => user.serviceAccountClientLink));
  const unhashed: UserParts = { ...parts, hashPassword: async () => NO_HASH };
  for await (const { representation, place } of source?.() ?? []) {
    const { user } = await planUser(new Fields(representation, place), unhashed, groupsByPath, taken);
    if (user.serviceAccountClientLink !== undefined) linked.add(user.serviceAccountClientLink);
  }
  for (const client of parts.clients.values()) {
    if (!client.serviceAccountsEnabled || linked.has(client.id)) continue;
    const user = serviceAccountOf(client, parts.nowMs);
    if (!names.has(user.username)) planned.push({ user, credentials: [], roleIds: accountRoles(client, parts), groupIds: [] });
  }
  return { users: planned, furtherUsers: source && (() => furtherUsers(source, parts, groupsByPath)) };
}

async function* furtherUsers(source: UserSource, parts: UserParts, groupsByPath: ReadonlyMap<string, string>) {
  const taken = nothingTaken();
  let planned: PlannedUser[] = [];
  const waiting: Promise<PlannedUser>[] = [];
  let count = 0;
  for await (const { representation, place } of source()) {
    waiting.push(planUser(new Fields(representation, place), parts, groupsByPath, taken));
    count += 1;
    if (waiting.length === hashesAtOnce) planned.push(...(await Promise.all(waiting.splice(0))));
    if (planned.length >= USERS_AT_ONCE) {
      yield planned;
      planned = [];
    }
    if (count % USERS_PER_REPORT === 0) parts.onUsers?.(count);
  }
  yield [...planned, ...(await Promise.all(waiting))];
  parts.onUsers?.(count);
}

/** What the account of a client may do: as everybody, and of a resource server to manage its resources. */
function accountRoles(client: Client, { realm, book }: UserParts): readonly string[] {
  const protection = client.authorizationServicesEnabled ? book.find(client.clientId, umaProtection) : undefined;
  return [realm.defaultRole.id, ...(protection === undefined ? [] : [protection.id])];
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
  { names, identities }: Taken,
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
  const federatedIdentities = linksOf(fields, identities);
  const requiredActions = mustUpdate ? [...new Set([...read.requiredActions, 'UPDATE_PASSWORD'])] : read.requiredActions;
  const user: User = { ...read, requiredActions, ...(client && { serviceAccountClientLink: client.id }) };
  return { user, credentials, roleIds: [...new Set(roles.map((role) => role.id))], groupIds: [...new Set(groupIds)], federatedIdentities };
}

/** Links with outside identities: one of each provider, and each identity belongs to one user. */
function linksOf(fields: Fields, identities: Set<string>): readonly FederatedIdentity[] {
  const providers = new Set<string>();
  return (fields.objects('federatedIdentities', 'identityProvider') ?? []).map((one) => {
    const link = {
      identityProvider: one.requiredText('identityProvider'),
      userId: one.requiredText('userId'),
      userName: one.text('userName') ?? '',
    };
    const identity = JSON.stringify([link.identityProvider, link.userId]);
    if (providers.has(link.identityProvider)) one.refuse('identityProvider', 'stands there twice');
    if (identities.has(identity)) one.refuse('userId', 'belongs to another user already');
    providers.add(link.identityProvider);
    identities.add(identity);
    return link;
  });
}
