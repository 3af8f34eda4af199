import { randomUUID } from 'node:crypto';
import { umaProtection } from '../authorization/changes/servers.ts';
import type { Clock } from '../model/clock.ts';
import type { Client, ClientScope, Realm, RealmKey, Role } from '../model/index.ts';
import { clientFromRepresentation } from './client-representation.ts';
import { clientScopeFromRepresentation } from './client-scope-representation.ts';
import { defaultClientScopes, serviceAccountScope } from './default-client-scopes.ts';
import { type BuiltInClient, builtInClients, defaultAccountRoles } from './default-clients.ts';
import { withRegistrationPolicies } from './default-registration-policies.ts';
import { Fields, type Representation } from './fields.ts';
import type { HashPassword } from './hash-password.ts';
import { keyFromComponent, keyProviderType } from './key-components.ts';
import { planGroups } from './plan-groups.ts';
import { planScopeMappings } from './plan-scope-mappings.ts';
import { planUsers } from './plan-users.ts';
import { masterRealm } from './realm-defaults.ts';
import { defaultRealmKeys } from './realm-keys.ts';
import type { RealmPlan } from './realm-plan.ts';
import { realmFromRepresentation } from './realm-representation.ts';
import { describe, RoleBook } from './role-book.ts';
import { roleFromRepresentation } from './role-representation.ts';
import type { UserSource } from './users-file.ts';

export interface PlanTools {
  readonly hashPassword: HashPassword;
  readonly clock: Clock;
  /** Told now and then how many users of files are stored. */
  readonly onUsers?: ((count: number) => void) | undefined;
}

/**
 * Works a realm out of a RealmRepresentation: a whole export, a hand-written file, or the few fields of "create realm". What it does not
 * bring is made as Keycloak makes it: keys, client scopes, built-in clients with their roles, default roles.
 * @param source users that lie in files
 * @throws ServerError KG_BAD_IMPORT naming the field and value.
 */
export async function planRealm(
  representation: unknown,
  { hashPassword, clock, onUsers }: PlanTools,
  source?: UserSource,
): Promise<RealmPlan> {
  const fields = new Fields(representation, realmLabel(representation));
  const name = fields.requiredText('realm');
  const defaultRole = { id: fields.object('defaultRole')?.text('id') ?? randomUUID(), name: defaultRoleName(fields, name) };
  const realm = realmFromRepresentation(fields, defaultRole);

  const scopes = planClientScopes(fields, realm.id);
  const builtIn = builtInClients(name);
  const clients = planClients(fields, realm, scopes, builtIn);
  const book = planRoles(fields, realm, clients, builtIn);
  const mappings = planScopeMappings(fields, { book, clients, scopes, builtIn });
  for (const client of clients.values()) if (client.authorizationServicesEnabled) book.need(client.clientId, umaProtection, '');
  const { groups, groupRoles } = planGroups(fields, realm.id, book);
  const users = await planUsers(fields, { realm, book, clients, groups, hashPassword, nowMs: clock.nowMs(), onUsers }, source);
  return {
    realm: { ...realm, other: { ...realm.other, ...otherComponents(fields) } },
    keys: await planKeys(fields, name),
    clientScopes: scopes,
    clients: [...clients.values()],
    authorizationSettings: planAuthorizationSettings(fields, clients),
    roles: book.roles,
    composites: book.composites,
    ...mappings,
    groups,
    groupRoles,
    ...users,
  };
}

function realmLabel(representation: unknown): string {
  const named =
    typeof representation === 'object' && representation !== null && 'realm' in representation ? representation.realm : undefined;
  return typeof named === 'string' ? `realm ${named}` : 'realm';
}

function defaultRoleName(fields: Fields, realm: string): string {
  return fields.object('defaultRole')?.text('name') ?? `default-roles-${realm.toLowerCase()}`;
}

async function planKeys(fields: Fields, realmName: string): Promise<RealmKey[]> {
  const components = fields.object('components')?.objects(keyProviderType, 'name');
  if (components === undefined) return await defaultRealmKeys(realmName);
  const keys = await Promise.all(components.map((component) => keyFromComponent(component, realmName)));
  return keys.filter((key) => key !== undefined);
}

/** Components that are no keys are kept as they came; there are always policies of client registration. */
function otherComponents(fields: Fields): Representation {
  const others = fields.object('components')?.rest(new Set([keyProviderType])) ?? {};
  return { components: withRegistrationPolicies(others) };
}

function planClientScopes(fields: Fields, realmId: string): ClientScope[] {
  const defaults = fields.texts('defaultDefaultClientScopes');
  const optionals = fields.texts('defaultOptionalClientScopes');
  const given = fields.objects('clientScopes', 'name')?.map((scope) => clientScopeFromRepresentation(scope, realmId, 'none'));
  const scopes = given ?? defaultClientScopes(realmId);
  if (defaults === undefined && optionals === undefined) return scopes;
  const byName = (name: string): ClientScope['realmDefault'] => {
    if (defaults?.includes(name)) return 'default';
    return optionals?.includes(name) ? 'optional' : 'none';
  };
  return scopes.map((scope) => ({ ...scope, realmDefault: byName(scope.name) }));
}

/** Names of the realm's scopes for a new client of that protocol. */
export function scopeNamesFor(scopes: readonly ClientScope[], protocol: string, serviceAccount: boolean) {
  const fitting = scopes.filter((scope) => scope.protocol === protocol);
  const extra = serviceAccount && fitting.some((scope) => scope.name === serviceAccountScope) ? [serviceAccountScope] : [];
  return {
    defaults: [...fitting.filter((scope) => scope.realmDefault === 'default').map((scope) => scope.name), ...extra],
    optionals: fitting.filter((scope) => scope.realmDefault === 'optional').map((scope) => scope.name),
  };
}

/** A service account needs the scope that tells of it, also where the file names the client's scopes without it. */
function withServiceAccountScope(client: Client, scopes: readonly ClientScope[]): Client {
  const named = [...client.defaultClientScopes, ...client.optionalClientScopes].includes(serviceAccountScope);
  if (!client.serviceAccountsEnabled || named || !scopes.some((scope) => scope.name === serviceAccountScope)) return client;
  return { ...client, defaultClientScopes: [...client.defaultClientScopes, serviceAccountScope] };
}

function planClients(
  fields: Fields,
  realm: Realm,
  scopes: readonly ClientScope[],
  builtIn: readonly BuiltInClient[],
): ReadonlyMap<string, Client> {
  const clients = new Map<string, Client>();
  const take = (one: Fields): void => {
    const names = scopeNamesFor(scopes, one.text('protocol') ?? 'openid-connect', one.flag('serviceAccountsEnabled') ?? false);
    const client = withServiceAccountScope(clientFromRepresentation(one, realm.id, names), scopes);
    if (clients.has(client.clientId)) one.refuse('clientId', 'stands there twice');
    clients.set(client.clientId, client);
  };
  for (const one of fields.objects('clients', 'clientId') ?? []) take(one);
  for (const { representation } of builtIn) {
    if (!clients.has(representation.clientId)) take(new Fields(representation, representation.clientId));
  }
  return clients;
}

/** Settings of the clients that are resource servers. */
function planAuthorizationSettings(fields: Fields, clients: ReadonlyMap<string, Client>): ReadonlyMap<string, Representation> {
  const found = new Map<string, Representation>();
  for (const one of fields.objects('clients', 'clientId') ?? []) {
    const client = clients.get(one.text('clientId') ?? '');
    const settings = one.object('authorizationSettings');
    if (client?.authorizationServicesEnabled && settings) found.set(client.id, settings.rest(new Set()));
  }
  return found;
}

function planRoles(fields: Fields, realm: Realm, clients: ReadonlyMap<string, Client>, builtIn: readonly BuiltInClient[]): RoleBook {
  const book = new RoleBook(realm.id, clients);
  const given: [Role, Fields][] = [];
  const take = (one: Fields, clientUuid: string | undefined): void => {
    const read = roleFromRepresentation(one, realm.id, clientUuid);
    // The default role's id may be given beside the realm, and the role again in the list.
    const role = clientUuid === undefined && read.name === realm.defaultRole.name ? { ...read, id: realm.defaultRole.id } : read;
    if (!book.add(role)) one.refuse('name', 'stands there twice');
    given.push([role, one]);
  };
  const roles = fields.object('roles');
  for (const one of roles?.objects('realm', 'name') ?? []) take(one, undefined);
  const ofClients = roles?.object('client');
  for (const clientId of ofClients?.names() ?? []) {
    const client = clients.get(clientId);
    if (!client) ofClients?.refuse(clientId, 'belong to a client that does not exist');
    for (const one of ofClients?.objects(clientId, 'name') ?? []) take(one, client?.id);
  }
  for (const [role, one] of given) {
    const composites = one.object('composites');
    if (composites) book.compose(role, ...book.named(composites, 'realm', 'client'));
  }
  addBuiltInRoles(book, builtIn);
  addDefaultRole(book, fields, realm);
  if (realm.realm === masterRealm) addMasterRoles(book, builtIn);
  return book;
}

function addBuiltInRoles(book: RoleBook, builtIn: readonly BuiltInClient[]): void {
  for (const { representation, roles } of builtIn) {
    for (const name of Object.keys(roles)) {
      if (book.find(representation.clientId, name)) continue;
      const children = (roles[name] ?? []).map((child) => book.need(representation.clientId, child));
      book.compose(book.need(representation.clientId, name), ...children);
    }
  }
}

function addDefaultRole(book: RoleBook, fields: Fields, realm: Realm): void {
  const offline = book.need(undefined, 'offline_access', describe('offline-access'));
  const uma = book.need(undefined, 'uma_authorization');
  if (book.find(undefined, realm.defaultRole.name)) return;
  const role: Role = {
    id: realm.defaultRole.id,
    realmId: realm.id,
    name: realm.defaultRole.name,
    description: describe('default-roles'),
    composite: false,
    attributes: {},
  };
  book.add(role);
  // Files of older servers list the default roles themselves.
  const listed = fields.texts('defaultRoles');
  const children = listed
    ? listed.map((name) => book.need(undefined, name, ''))
    : [offline, uma, ...defaultAccountRoles.map((name) => book.need('account', name))];
  book.compose(role, ...children);
}

function addMasterRoles(book: RoleBook, builtIn: readonly BuiltInClient[]): void {
  const admin = book.need(undefined, 'admin');
  book.compose(admin, book.need(undefined, 'create-realm'));
  const management = builtIn.find(({ representation }) => representation.clientId === `${masterRealm}-realm`);
  if (!management) return;
  const { clientId } = management.representation;
  book.compose(admin, ...Object.keys(management.roles).map((name) => book.need(clientId, name)));
}
