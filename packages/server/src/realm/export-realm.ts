import type { Client, ClientScope, Credential, Group, Realm, Role, User, UserGrants } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import { clientToRepresentation } from './client-representation.ts';
import { clientScopeToRepresentation } from './client-scope-representation.ts';
import { exportAuthorization } from './export-authorization.ts';
import type { Representation } from './fields.ts';
import { authenticationToRepresentation } from './flow-representation.ts';
import { providersToRepresentation } from './identity-provider-representation.ts';
import { componentOfKey, keyProviderType } from './key-components.ts';
import { realmToRepresentation } from './realm-representation.ts';
import { groupToRepresentation, roleToRepresentation } from './role-representation.ts';
import { credentialToRepresentation, userToRepresentation } from './user-representation.ts';

const usersPerPage = 500;

/** Everything in the realm but its users, secrets included, in the form that `importRealm` and Keycloak read. */
export async function exportRealm(stores: Stores, realm: Realm): Promise<Representation> {
  const directory = await RealmDirectory.read(stores, realm);
  const [keys, groups] = await Promise.all([stores.keys.ofRealm(realm.id), stores.groups.list(realm.id)]);
  const { clients, scopes } = directory;
  const ordered = (wanted: ClientScope['realmDefault']) =>
    scopes.filter((scope) => scope.realmDefault === wanted).map((scope) => scope.name);
  const { components, ...fields } = realmToRepresentation(realm);
  return {
    ...fields,
    roles: await exportRoles(stores, directory),
    groups: await exportGroups(stores, directory, groups),
    ...(await exportScopeMappings(stores, directory)),
    clients: await exportClients(stores, realm, clients),
    clientScopes: scopes.map(clientScopeToRepresentation),
    defaultDefaultClientScopes: ordered('default'),
    defaultOptionalClientScopes: ordered('optional'),
    ...authenticationToRepresentation(realm),
    ...providersToRepresentation(realm),
    components: { ...(components as Representation | undefined), [keyProviderType]: keys.map(componentOfKey) },
  };
}

async function exportClients(stores: Stores, realm: Realm, clients: readonly Client[]): Promise<Representation[]> {
  const exported: Representation[] = [];
  for (const client of clients) exported.push({ ...clientToRepresentation(client), ...(await exportAuthorization(stores, realm, client)) });
  return exported;
}

/** The users of a realm, service accounts too, page by page with their credentials, roles and groups. */
export async function* exportUsers(stores: Stores, realm: Realm, pageSize = usersPerPage): AsyncGenerator<Representation[]> {
  const directory = await RealmDirectory.read(stores, realm);
  const paths = new Map((await stores.groups.list(realm.id)).map((group) => [group.id, group.path]));
  const accounts = await Promise.all(
    directory.clients.filter((client) => client.serviceAccountsEnabled).map((client) => stores.users.byServiceAccount(realm.id, client.id)),
  );
  const services = accounts.filter((user) => user !== undefined);
  if (services.length > 0) yield await exportPage(stores, directory, paths, services);
  for (let first = 0; ; first += pageSize) {
    const users = await stores.users.list(realm.id, { first, max: pageSize });
    if (users.length > 0) yield await exportPage(stores, directory, paths, users);
    if (users.length < pageSize) return;
  }
}

/** Names of the roles and clients of a realm by their ids. */
class RealmDirectory {
  readonly clients: readonly Client[];
  readonly scopes: readonly ClientScope[];
  readonly roles: ReadonlyMap<string, Role>;
  readonly #clientIds: ReadonlyMap<string, string>;

  private constructor(clients: readonly Client[], scopes: readonly ClientScope[], roles: readonly Role[]) {
    this.clients = clients;
    this.scopes = scopes;
    this.roles = new Map(roles.map((role) => [role.id, role]));
    this.#clientIds = new Map(clients.map((client) => [client.id, client.clientId]));
  }

  static async read(stores: Stores, realm: Realm): Promise<RealmDirectory> {
    const [clients, scopes, realmRoles] = await Promise.all([
      stores.clients.list(realm.id),
      stores.clientScopes.ofRealm(realm.id),
      stores.roles.list(realm.id, undefined),
    ]);
    const clientRoles = await Promise.all(clients.map((client) => stores.roles.list(realm.id, client.id)));
    return new RealmDirectory(clients, scopes, [...realmRoles, ...clientRoles.flat()]);
  }

  clientIdOf(uuid: string | undefined): string | undefined {
    return uuid === undefined ? undefined : this.#clientIds.get(uuid);
  }

  /** Role ids as names: realm roles in a list, client roles by client id. */
  named(ids: readonly string[]): { realm: string[]; client: Record<string, string[]> } {
    const realm: string[] = [];
    const client: Record<string, string[]> = {};
    for (const id of ids) {
      const role = this.roles.get(id);
      const clientId = this.clientIdOf(role?.clientId);
      if (!role) continue;
      if (clientId === undefined) realm.push(role.name);
      else client[clientId] = [...(client[clientId] ?? []), role.name];
    }
    return { realm, client };
  }
}

async function exportRoles(stores: Stores, directory: RealmDirectory): Promise<Representation> {
  const realm: Representation[] = [];
  const client: Record<string, Representation[]> = Object.fromEntries(directory.clients.map((one) => [one.clientId, []]));
  for (const role of directory.roles.values()) {
    const children = role.composite ? directory.named(await stores.roles.composites(role.id)) : undefined;
    const composites = children && {
      ...(children.realm.length === 0 ? {} : { realm: children.realm }),
      ...(Object.keys(children.client).length === 0 ? {} : { client: children.client }),
    };
    const shown = { ...roleToRepresentation(role), ...(composites && { composites }) };
    const clientId = directory.clientIdOf(role.clientId);
    if (clientId === undefined) realm.push(shown);
    else client[clientId]?.push(shown);
  }
  return { realm, client };
}

async function exportGroups(stores: Stores, directory: RealmDirectory, groups: readonly Group[]): Promise<Representation[]> {
  const below = async (parentId: string | undefined): Promise<Representation[]> => {
    const found: Representation[] = [];
    for (const group of groups) {
      if (group.parentId !== parentId) continue;
      const { realm, client } = directory.named(await stores.groups.roleIds(group.id));
      found.push({ ...groupToRepresentation(group), realmRoles: realm, clientRoles: client, subGroups: await below(group.id) });
    }
    return found;
  };
  return await below(undefined);
}

async function exportScopeMappings(stores: Stores, directory: RealmDirectory): Promise<Representation> {
  const scopeMappings: Representation[] = [];
  const clientScopeMappings: Record<string, Representation[]> = {};
  const take = (ids: readonly string[], holder: Representation): void => {
    const { realm, client } = directory.named(ids);
    if (realm.length > 0) scopeMappings.push({ ...holder, roles: realm });
    for (const [clientId, roles] of Object.entries(client)) {
      clientScopeMappings[clientId] = [...(clientScopeMappings[clientId] ?? []), { ...holder, roles }];
    }
  };
  for (const client of directory.clients) take(await stores.clients.scopeMappings(client.id), { client: client.clientId });
  for (const scope of directory.scopes) take(await stores.clientScopes.scopeMappings(scope.id), { clientScope: scope.name });
  return { scopeMappings, clientScopeMappings };
}

/** A page of users with what hangs on them: two statements however many they are. */
async function exportPage(
  stores: Stores,
  directory: RealmDirectory,
  paths: ReadonlyMap<string, string>,
  users: readonly User[],
): Promise<Representation[]> {
  const ids = users.map(({ id }) => id);
  const [credentials, grants, links] = await Promise.all([
    stores.credentials.ofUsers(ids),
    stores.users.grantsOf(ids),
    stores.federatedIdentities.ofUsers(ids),
  ]);
  const ofUser = Map.groupBy(credentials, ({ userId }) => userId);
  return users.map((user) => ({
    ...exportUser(directory, paths, user, ofUser.get(user.id) ?? [], grants.get(user.id)),
    ...(links.has(user.id) ? { federatedIdentities: links.get(user.id) } : {}),
  }));
}

function exportUser(
  directory: RealmDirectory,
  paths: ReadonlyMap<string, string>,
  user: User,
  credentials: readonly Credential[],
  grants: UserGrants = { roleIds: [], groupIds: [] },
): Representation {
  const { realm, client } = directory.named(grants.roleIds);
  const serviceAccountClientId = directory.clientIdOf(user.serviceAccountClientLink);
  return {
    ...userToRepresentation(user),
    ...(serviceAccountClientId === undefined ? {} : { serviceAccountClientId }),
    credentials: credentials.map(credentialToRepresentation),
    realmRoles: realm,
    clientRoles: client,
    groups: grants.groupIds.flatMap((id) => paths.get(id) ?? []),
  };
}
