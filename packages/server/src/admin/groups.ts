import type { FastifyInstance } from 'fastify';
import { grantsTag, groupRolesTag, groupTag, wholeRealm } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Group } from '../model/index.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import { groupFromRepresentation } from '../realm/role-representation.ts';
import { type AdminCall, adminRoutes, bodyOf, created, parameter, write } from './admin-route.ts';
import { invalidValue, notFound, taken } from './answers.ts';
import { groupAccess, groupToListed } from './group-answers.ts';
import { groupOf } from './lookups.ts';
import { DEFAULT_PAGE_SIZE, paged, pageOf, queryFlag, queryText } from './query.ts';
import { groupShape } from './representation-shapes.ts';
import { declareRoleLists } from './role-lists.ts';
import { userToListed } from './user-answers.ts';

const MAX_NAME_CHARACTERS = 255;

/** Groups, their children, members and role mappings. */
export function registerGroups(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { stores } = context.storage;

  declare('GET /groups', async (call) => {
    const all = await stores.groups.list(call.realm.id);
    const search = queryText(call.request, 'search');
    const short = queryFlag(call.request, 'briefRepresentation') ?? true;
    const kept = matching(all, search, queryFlag(call.request, 'exact') ?? false);
    const roots = all.filter((group) => group.parentId === undefined && kept.has(group.id));
    const shown = paged(roots, pageOf(call.request));
    return Promise.all(shown.map((group) => tree(call, all, group, short, search ? kept : new Set())));
  });

  declare('GET /groups/count', async (call) => {
    const search = queryText(call.request, 'search')?.toLowerCase();
    const all = await stores.groups.list(call.realm.id);
    const counted = queryFlag(call.request, 'top') ? all.filter((group) => group.parentId === undefined) : all;
    return { count: counted.filter((group) => search === undefined || group.name.toLowerCase().includes(search)).length };
  });

  declare('POST /groups', async (call) => {
    const group = await insert(call, undefined);
    return created(call, `/groups/${group.id}`);
  });

  declare('GET /groups/:groupId', async (call) => {
    const group = await groupOf(call);
    return tree(call, await stores.groups.list(call.realm.id), group, false, new Set());
  });

  declare('PUT /groups/:groupId', async (call) => {
    const before = await groupOf(call);
    const body = bodyOf<Representation>(call.request, groupShape);
    refuseName(body['name']);
    const parent = before.parentId === undefined ? undefined : await stores.groups.byId(call.realm.id, before.parentId);
    const group = groupFromRepresentation(new Fields(body, 'group'), call.realm.id, parent, before);
    await write(context, async (open, touch) => {
      if (group.name !== before.name) refuseSibling(await open.groups.list(call.realm.id), group, parent, 'Sibling');
      await open.groups.update(group);
      // A new name moves the paths of everything below.
      touch(groupTag(group.id), ...(group.name === before.name ? [] : [wholeRealm(call.realm.id)]));
    });
  });

  declare('DELETE /groups/:groupId', async (call) => {
    const group = await groupOf(call);
    await write(context, async (open, touch) => {
      await open.groups.remove(call.realm.id, group.id);
      touch(groupTag(group.id), wholeRealm(call.realm.id));
    });
  });

  declare('GET /groups/:groupId/children', async (call) => {
    const group = await groupOf(call);
    const all = await stores.groups.list(call.realm.id);
    const search = queryText(call.request, 'search')?.toLowerCase() ?? '';
    const children = all.filter((one) => one.parentId === group.id && one.name.toLowerCase().includes(search));
    const short = queryFlag(call.request, 'briefRepresentation') ?? false;
    const shown = paged(children, pageOf(call.request, 10));
    return Promise.all(shown.map((child) => tree(call, all, child, short, new Set())));
  });

  declare('POST /groups/:groupId/children', async (call) => {
    const parent = await groupOf(call);
    const { id } = bodyOf<{ id?: string | null }>(call.request, groupShape);
    const moved = id ? await stores.groups.byId(call.realm.id, id) : undefined;
    if (id && !moved) throw notFound('Could not find child by id');
    if (moved) {
      if (`${parent.path}/`.startsWith(`${moved.path}/`)) throw invalidValue('A group cannot become part of itself');
      const group = { ...moved, parentId: parent.id, path: `${parent.path}/${moved.name}` };
      await write(context, async (open, touch) => {
        refuseSibling(await open.groups.list(call.realm.id), group, parent);
        await open.groups.update(group);
        touch(groupTag(group.id), wholeRealm(call.realm.id));
      });
      return undefined;
    }
    const group = await insert(call, parent);
    created(call, `/groups/${group.id}`);
    const { subGroupCount: _, ...shown } = await tree(call, [], group, false, new Set());
    return shown;
  });

  declare('GET /groups/:groupId/members', async (call) => {
    const group = await groupOf(call);
    const users = await stores.users.inGroup(call.realm.id, group.id, pageOf(call.request, DEFAULT_PAGE_SIZE));
    const short = queryFlag(call.request, 'briefRepresentation') ?? false;
    return users.map((user) => userToListed(user, short));
  });

  declare('GET /group-by-path/*', async (call) => {
    const path = `/${parameter(call.request, '*')}`;
    const all = await stores.groups.list(call.realm.id);
    const group = all.find((one) => one.path === path);
    if (!group) throw notFound('Group path does not exist');
    const { access: _, ...shown } = await tree(call, all, group, false, new Set());
    return shown;
  });

  declareRoleLists(declare, '/groups/:groupId/role-mappings', async (call) => {
    const group = await groupOf(call);
    return {
      roleIds: () => stores.groups.roleIds(group.id),
      add: ({ groups }, ids) => groups.addRoles(group.id, ids),
      remove: ({ groups }, ids) => groups.removeRoles(group.id, ids),
      tags: [groupRolesTag(group.id)],
      givesPower: true,
    };
  });
}

async function insert(call: AdminCall, parent: Group | undefined): Promise<Group> {
  const { context, realm } = call;
  const body = bodyOf<Representation>(call.request, groupShape);
  if (typeof body['name'] !== 'string' || body['name'].trim() === '') throw invalidValue('Group name is missing');
  refuseName(body['name']);
  const group = groupFromRepresentation(new Fields({ ...body, id: null }, 'group'), realm.id, parent);
  await write(context, async (open, touch) => {
    refuseSibling(await open.groups.list(realm.id), group, parent);
    await open.groups.insert(group);
    touch(groupTag(group.id), grantsTag(group.id));
  });
  return group;
}

function refuseName(name: unknown): void {
  if (typeof name === 'string' && name.length > MAX_NAME_CHARACTERS) {
    throw invalidValue(`The name of a group is longer than ${MAX_NAME_CHARACTERS} characters`);
  }
}

function refuseSibling(
  all: readonly Group[],
  group: Group,
  parent: Group | undefined,
  word = parent === undefined ? 'Top level' : 'Sibling',
): void {
  if (!all.some((one) => one.id !== group.id && one.parentId === parent?.id && one.name === group.name)) return;
  throw taken(`${word} group named '${group.name}' already exists.`);
}

/** Ids of the groups that fit, with everything above them. */
function matching(all: readonly Group[], search: string | undefined, exact: boolean): Set<string> {
  const wanted = search?.toLowerCase() ?? '';
  const fits = (group: Group): boolean => (exact ? group.name === search : group.name.toLowerCase().includes(wanted));
  const byId = new Map(all.map((group) => [group.id, group]));
  const kept = new Set<string>();
  for (const group of all.filter(fits)) {
    for (let at: Group | undefined = group; at && !kept.has(at.id); at = at.parentId === undefined ? undefined : byId.get(at.parentId)) {
      kept.add(at.id);
    }
  }
  return kept;
}

/** A group with those of its children that are `kept`. */
async function tree(
  call: AdminCall,
  all: readonly Group[],
  group: Group,
  short: boolean,
  kept: ReadonlySet<string>,
): Promise<Representation> {
  const children = all.filter((one) => one.parentId === group.id);
  const shown = children.filter((child) => kept.has(child.id));
  return {
    ...groupToListed(group),
    subGroupCount: children.length,
    subGroups: await Promise.all(shown.map((child) => tree(call, all, child, short, kept))),
    ...(short ? {} : { attributes: group.attributes, ...(await groupRoleNames(call, group)) }),
    access: groupAccess(call.held),
  };
}

/** The roles that the group itself gives, by name. */
export async function groupRoleNames({ context, realm }: AdminCall, group: Group): Promise<Representation> {
  const { roles, groups } = context.storage.stores;
  const found = await roles.byIds(realm.id, await groups.roleIds(group.id));
  const clientRoles: Record<string, string[]> = {};
  for (const role of found) {
    const client = role.clientId === undefined ? undefined : await context.state.directory.clientById(realm, role.clientId);
    if (client) clientRoles[client.clientId] = [...(clientRoles[client.clientId] ?? []), role.name];
  }
  return { realmRoles: found.filter((role) => role.clientId === undefined).map((role) => role.name), clientRoles };
}
