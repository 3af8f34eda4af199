import type { Client, ClientScope, Group, Role, User } from '../model/index.ts';
import { type AdminCall, parameter } from './admin-route.ts';
import { notFound } from './answers.ts';

// The object that the path names, or the 404 that the original answers.

export async function clientOf(
  { context, request, realm }: AdminCall,
  name = 'clientUuid',
  text = 'Could not find client',
): Promise<Client> {
  const client = await context.storage.stores.clients.byId(realm.id, parameter(request, name));
  if (!client) throw notFound(text);
  return client;
}

export async function scopeOf({ context, request, realm }: AdminCall, text = 'Could not find client scope'): Promise<ClientScope> {
  const id = parameter(request, 'scopeId');
  const scope = (await context.storage.stores.clientScopes.ofRealm(realm.id)).find((one) => one.id === id);
  if (!scope) throw notFound(text);
  return scope;
}

export async function userOf({ context, request, realm }: AdminCall): Promise<User> {
  const user = await context.storage.stores.users.byId(realm.id, parameter(request, 'userId'));
  if (!user) throw notFound('User not found');
  return user;
}

export async function groupOf({ context, request, realm }: AdminCall, text = 'Could not find group by id'): Promise<Group> {
  const group = await context.storage.stores.groups.byId(realm.id, parameter(request, 'groupId'));
  if (!group) throw notFound(text);
  return group;
}

/** A role by its name, of the realm or of a client. */
export async function roleByNameOf({ context, request, realm }: AdminCall, client: Client | undefined): Promise<Role> {
  const role = await context.storage.stores.roles.byName(realm.id, client?.id, parameter(request, 'roleName'));
  if (!role) throw notFound('Could not find role');
  return role;
}

/** Roles as a body names them: by id, and where there is none by name. */
export interface NamedRole {
  readonly id?: string | null;
  readonly name?: string | null;
}

/** The roles of a body. @throws ReplyError 404 where one is not there. */
export async function rolesOf(
  { context, realm }: AdminCall,
  named: readonly (NamedRole | null)[],
  clientUuid: string | undefined | 'any',
  text = 'Role not found',
): Promise<Role[]> {
  const { roles } = context.storage.stores;
  const byId = new Map(
    (
      await roles.byIds(
        realm.id,
        named.flatMap((one) => one?.id ?? []),
      )
    ).map((role) => [role.id, role]),
  );
  const found: Role[] = [];
  for (const one of named) {
    const direct = one?.id ? byId.get(one.id) : undefined;
    const role = direct ?? (one?.name && !one.id && clientUuid !== 'any' ? await roles.byName(realm.id, clientUuid, one.name) : undefined);
    if (!role || (clientUuid !== 'any' && role.clientId !== clientUuid)) throw notFound(text);
    found.push(role);
  }
  return found;
}
