import type { FastifyInstance } from 'fastify';
import { realmTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { defaultGroupPaths } from '../realm/default-groups.ts';
import { adminRoutes, write } from './admin-route.ts';
import { groupToListed } from './group-answers.ts';
import { groupOf } from './lookups.ts';

/** Groups that new users join; the realm names them by path. */
export function registerDefaultGroups(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);

  declare('GET /default-groups', async ({ realm }) => {
    const paths = defaultGroupPaths(realm);
    const groups = paths.length === 0 ? [] : await context.storage.stores.groups.list(realm.id);
    return groups.filter((group) => paths.includes(group.path)).map(groupToListed);
  });

  for (const method of ['PUT', 'DELETE'] as const) {
    declare(`${method} /default-groups/:groupId`, async (call) => {
      const { path } = await groupOf(call, 'Group not found');
      await write(context, async ({ realms }, touch) => {
        const current = await realms.byId(call.realm.id);
        if (!current) return;
        const others = defaultGroupPaths(current).filter((one) => one !== path);
        const defaultGroups = method === 'PUT' ? [...others, path] : others;
        await realms.update({ ...current, other: { ...current.other, defaultGroups } });
        touch(...realmTags(current));
      });
    });
  }
}
