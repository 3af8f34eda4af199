import type { Client, Role } from '../model/index.ts';
import { roleToRepresentation } from '../realm/role-representation.ts';
import type { Stores } from '../store/stores.ts';
import { refuseForeignPower } from './admin-roles.ts';
import { type AdminCall, type AdminHandler, bodyOf, write } from './admin-route.ts';
import { notFound } from './answers.ts';
import { clientOf, type NamedRole, rolesOf } from './lookups.ts';
import { queryFlag } from './query.ts';
import { roleListShape } from './representation-shapes.ts';

/** Something that has a list of roles: a user, a group, a client or a client scope with their scope mappings. */
export interface RoleHolder {
  /** Ids of the roles that it has directly. */
  roleIds(): Promise<readonly string[]>;
  add(stores: Stores, roleIds: readonly string[]): Promise<void>;
  remove(stores: Stores, roleIds: readonly string[]): Promise<void>;
  /** What a change of the list touches. */
  readonly tags: readonly string[];
  /** What a change touches of the roles themselves. */
  readonly tagsOfRoles?: (ids: readonly string[]) => readonly string[];
  /** Whether somebody may do more with the roles; scope mappings only let through what somebody has. */
  readonly givesPower: boolean;
}

/** `role-mappings` and `scope-mappings`: eleven endpoints under `base`. `holderOf` finds who has the list, or answers 404. */
export function declareRoleLists(
  declare: (endpoint: string, handler: AdminHandler) => void,
  base: string,
  holderOf: (call: AdminCall) => Promise<RoleHolder>,
): void {
  declare(`GET ${base}`, async (call) => everything(call, await holderOf(call)));
  for (const container of ['realm', 'clients/:container'] as const) {
    const containerOf = (call: AdminCall): Promise<Client | undefined> =>
      container === 'realm' ? Promise.resolve(undefined) : clientOf(call, 'container', 'Client not found');
    const path = `${base}/${container}`;

    declare(`GET ${path}`, async (call) => {
      const [holder, client] = [await holderOf(call), await containerOf(call)];
      return brief(of(client, await rolesById(call, await holder.roleIds())));
    });
    declare(`GET ${path}/available`, async (call) => {
      const [holder, client] = [await holderOf(call), await containerOf(call)];
      const held = new Set(await holder.roleIds());
      const all = await call.context.storage.stores.roles.list(call.realm.id, client?.id);
      return brief(all.filter((role) => !held.has(role.id)));
    });
    declare(`GET ${path}/composite`, async (call) => {
      const [holder, client] = [await holderOf(call), await containerOf(call)];
      const effective = await call.context.state.directory.expandRoles(call.realm, await holder.roleIds());
      return brief(of(client, effective), queryFlag(call.request, 'briefRepresentation') ?? true);
    });
    declare(`POST ${path}`, async (call) => {
      const [holder, client] = [await holderOf(call), await containerOf(call)];
      const roles = await namedRoles(call, holder, client);
      await changeRoles(call, holder, roles, (stores, ids) => holder.add(stores, ids));
    });
    declare(`DELETE ${path}`, async (call) => {
      const [holder, client] = [await holderOf(call), await containerOf(call)];
      // Without a body everything in the list goes.
      const roles =
        typeof call.request.body === 'string' && call.request.body !== ''
          ? await namedRoles(call, holder, client)
          : of(client, await rolesById(call, await holder.roleIds()));
      await changeRoles(call, holder, roles, (stores, ids) => holder.remove(stores, ids));
    });
  }
}

/** The roles of the body. Where they give power a role has to be called what it is: a list that was made elsewhere gives nobody another one. */
async function namedRoles(call: AdminCall, holder: RoleHolder, client: Client | undefined): Promise<Role[]> {
  const named = bodyOf<NamedRole[]>(call.request, roleListShape);
  const roles = await rolesOf(call, named, client?.id);
  if (holder.givesPower && named.some((one, index) => one?.name && one.name !== roles[index]?.name)) throw notFound('Role not found');
  return roles;
}

/** Gives or takes roles; whoever does so must have those that administer. @throws ReplyError 403. */
export async function changeRoles(
  call: AdminCall,
  holder: RoleHolder,
  roles: readonly Role[],
  work: (stores: Stores, ids: readonly string[]) => Promise<void>,
): Promise<void> {
  if (roles.length === 0) return;
  if (holder.givesPower) await refuseForeignPower(call, roles);
  await write(call.context, async (stores, touch) => {
    const ids = roles.map((role) => role.id);
    await work(stores, ids);
    touch(...holder.tags, ...(holder.tagsOfRoles?.(ids) ?? []));
  });
}

async function everything(call: AdminCall, holder: RoleHolder): Promise<unknown> {
  const roles = await rolesById(call, await holder.roleIds());
  const realmMappings = roles.filter((role) => role.clientId === undefined);
  const clientMappings: Record<string, unknown> = {};
  for (const uuid of new Set(roles.flatMap((role) => role.clientId ?? []))) {
    const client = await call.context.state.directory.clientById(call.realm, uuid);
    if (!client) continue;
    const mappings = brief(roles.filter((role) => role.clientId === uuid));
    clientMappings[client.clientId] = { id: client.id, client: client.clientId, mappings };
  }
  return {
    ...(realmMappings.length === 0 ? {} : { realmMappings: brief(realmMappings) }),
    ...(Object.keys(clientMappings).length === 0 ? {} : { clientMappings }),
  };
}

function rolesById({ context, realm }: AdminCall, ids: readonly string[]): Promise<Role[]> {
  return context.storage.stores.roles.byIds(realm.id, ids);
}

function of(client: Client | undefined, roles: readonly Role[]): Role[] {
  return roles.filter((role) => role.clientId === client?.id);
}

/** Representations in the order of names. */
export function brief(roles: readonly Role[], short = true): unknown[] {
  return [...roles].sort((a, b) => (a.name < b.name ? -1 : 1)).map((role) => roleToRepresentation(role, short));
}
