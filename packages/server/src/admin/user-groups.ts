import type { FastifyInstance } from 'fastify';
import { grantsTag } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Group, Realm, User } from '../model/index.ts';
import { adminRoutes, write } from './admin-route.ts';
import { groupToListed } from './group-answers.ts';
import { groupRoleNames } from './groups.ts';
import { groupOf, userOf } from './lookups.ts';
import { paged, pageOf, queryFlag, queryText } from './query.ts';
import { declareRoleLists } from './role-lists.ts';

/** Groups and role mappings of a user. */
export function registerUserGroups(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const groupsOf = async (realm: Realm, user: User, search: string | undefined): Promise<Group[]> => {
    const { groupIds } = await context.storage.stores.users.grants(user.id);
    const found = await Promise.all(groupIds.map((id) => context.storage.stores.groups.byId(realm.id, id)));
    const wanted = search?.toLowerCase() ?? '';
    return found
      .filter((group) => group !== undefined)
      .filter((group) => group.name.toLowerCase().includes(wanted))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  };

  declare('GET /users/:userId/groups', async (call) => {
    const groups = await groupsOf(call.realm, await userOf(call), queryText(call.request, 'search'));
    const short = queryFlag(call.request, 'briefRepresentation') ?? true;
    return Promise.all(
      paged(groups, pageOf(call.request)).map(async (group) =>
        short ? groupToListed(group) : { ...groupToListed(group), attributes: group.attributes, ...(await groupRoleNames(call, group)) },
      ),
    );
  });
  declare('GET /users/:userId/groups/count', async (call) => ({
    count: (await groupsOf(call.realm, await userOf(call), queryText(call.request, 'search'))).length,
  }));

  const change = (method: 'PUT' | 'DELETE'): void => {
    declare(`${method} /users/:userId/groups/:groupId`, async (call) => {
      const user = await userOf(call);
      const group = await groupOf(call, 'Group not found');
      await write(context, async ({ users }, touch) => {
        if (method === 'PUT') await users.joinGroup(user.id, group.id);
        else await users.leaveGroup(user.id, group.id);
        touch(grantsTag(user.id));
      });
    });
  };
  change('PUT');
  change('DELETE');

  declareRoleLists(declare, '/users/:userId/role-mappings', async (call) => {
    const user = await userOf(call);
    return {
      roleIds: async () => (await context.storage.stores.users.grants(user.id)).roleIds,
      add: ({ users }, ids) => users.addRoles(user.id, ids),
      remove: ({ users }, ids) => users.removeRoles(user.id, ids),
      tags: [grantsTag(user.id)],
      givesPower: true,
    };
  });
}
