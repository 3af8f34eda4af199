import type { FastifyInstance } from 'fastify';
import { clientScopesTag, compositesTag, roleTags, wholeRealm } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Client, Role } from '../model/index.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import { roleFromRepresentation, roleToRepresentation } from '../realm/role-representation.ts';
import { type AdminCall, adminRoutes, bodyOf, created, parameter, write } from './admin-route.ts';
import { badRequest, forbidden, invalidValue, notFound, taken } from './answers.ts';
import { declareComposites } from './composites.ts';
import { isMet, roleByIdPermissions } from './endpoint-permissions.ts';
import { groupToListed } from './group-answers.ts';
import { clientOf, roleByNameOf } from './lookups.ts';
import { DEFAULT_PAGE_SIZE, pageOf, queryFlag, queryText } from './query.ts';
import { roleShape } from './representation-shapes.ts';
import { userToListed } from './user-answers.ts';

/** Longest name of a role. */
const MAX_NAME_CHARACTERS = 255;

/** Roles of the realm, roles of clients, and both by id. */
export function registerRoles(app: FastifyInstance, context: ServerContext): void {
  registerNamedRoles(app, context, '/roles', async () => undefined);
  registerNamedRoles(app, context, '/clients/:clientUuid/roles', (call) => clientOf(call));
  registerRolesById(app, context);
}

function registerNamedRoles(
  app: FastifyInstance,
  context: ServerContext,
  base: string,
  containerOf: (call: AdminCall) => Promise<Client | undefined>,
): void {
  const declare = adminRoutes(app, context);
  const { stores } = context.storage;
  const roleOf = async (call: AdminCall): Promise<Role> => roleByNameOf(call, await containerOf(call));

  declare(`GET ${base}`, async (call) => {
    const client = await containerOf(call);
    const search = queryText(call.request, 'search');
    const roles = await stores.roles.list(call.realm.id, client?.id, { ...pageOf(call.request), search });
    const short = queryFlag(call.request, 'briefRepresentation') ?? true;
    return roles.map((role) => roleToRepresentation(role, short));
  });

  declare(`POST ${base}`, async (call) => {
    const client = await containerOf(call);
    const body = bodyOf<Representation>(call.request, roleShape);
    const name = body['name'];
    if (typeof name !== 'string' || name === '') throw badRequest('role has no name');
    refuseLongName(name);
    const role = roleFromRepresentation(new Fields({ ...body, id: null }, 'role'), call.realm.id, client?.id);
    await write(context, async ({ roles }, touch) => {
      if (await roles.byName(call.realm.id, client?.id, name)) throw taken(`Role with name ${name} already exists`);
      await roles.insert(role);
      touch(...roleTags(role));
    });
    return created(call, `${base.replace(':clientUuid', client?.id ?? '')}/${encodeURIComponent(name)}`);
  });

  declare(`GET ${base}/:roleName`, async (call) => roleToRepresentation(await roleOf(call)));
  declare(`PUT ${base}/:roleName`, async (call) => updateRole(call, await roleOf(call)));
  declare(`DELETE ${base}/:roleName`, async (call) => removeRole(call, await roleOf(call)));
  declare(`GET ${base}/:roleName/users`, async (call) => {
    const role = await roleOf(call);
    const users = await stores.users.withRole(call.realm.id, role.id, pageOf(call.request, DEFAULT_PAGE_SIZE));
    const short = queryFlag(call.request, 'briefRepresentation') ?? false;
    const access = { manage: call.held.has('manage-users') };
    return users.map((user) => ({ ...userToListed(user, short), access }));
  });
  declare(`GET ${base}/:roleName/groups`, async (call) => {
    const role = await roleOf(call);
    const found = [];
    for (const group of await stores.groups.list(call.realm.id)) {
      if ((await context.state.directory.groupRoles(call.realm, group.id)).includes(role.id)) found.push(groupToListed(group));
    }
    return found;
  });
  declareComposites(declare, `${base}/:roleName`, roleOf);
}

function registerRolesById(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const roleOf = async (call: AdminCall, purpose: 'view' | 'manage'): Promise<Role> => {
    const role = await context.storage.stores.roles.byId(call.realm.id, parameter(call.request, 'roleId'));
    if (!role) throw notFound('Could not find role with id');
    if (!isMet(roleByIdPermissions[purpose][role.clientId === undefined ? 'realm' : 'client'], call.held)) throw forbidden();
    return role;
  };
  declare('GET /roles-by-id/:roleId', async (call) => roleToRepresentation(await roleOf(call, 'view')));
  declare('PUT /roles-by-id/:roleId', async (call) => updateRole(call, await roleOf(call, 'manage')));
  declare('DELETE /roles-by-id/:roleId', async (call) => removeRole(call, await roleOf(call, 'manage')));
  declareComposites(declare, '/roles-by-id/:roleId', roleOf);
}

async function updateRole({ context, request, realm }: AdminCall, before: Role): Promise<void> {
  const body = bodyOf<Representation>(request, roleShape);
  for (const text of [body['name'], body['description']]) if (typeof text === 'string') refuseLongName(text);
  const role = roleFromRepresentation(new Fields(body, 'role'), realm.id, before.clientId, before);
  await write(context, async ({ roles }, touch) => {
    const other = role.name === before.name ? undefined : await roles.byName(realm.id, role.clientId, role.name);
    if (other) throw taken(`Role with name ${role.name} already exists`);
    await roles.update(role);
    touch(...roleTags(before), ...roleTags(role));
  });
}

async function removeRole({ context, realm }: AdminCall, role: Role): Promise<void> {
  if (role.id === realm.defaultRole.id) throw invalidValue(`${role.name} is default role of the realm and cannot be removed.`);
  await write(context, async ({ roles }, touch) => {
    await roles.remove(realm.id, role.id);
    // Users, groups, scopes and other roles may have had it.
    touch(...roleTags(role), compositesTag(role.id), clientScopesTag(realm.id), wholeRealm(realm.id));
  });
}

function refuseLongName(name: string): void {
  if (name.length > MAX_NAME_CHARACTERS) throw invalidValue(`The name of a role is longer than ${MAX_NAME_CHARACTERS} characters`);
}
