import { compositesTag, holdersTag, roleTags } from '../cache/invalidation-keys.ts';
import type { Role } from '../model/index.ts';
import { refuseForeignPower } from './admin-roles.ts';
import { type AdminCall, type AdminHandler, bodyOf, write } from './admin-route.ts';
import { clientOf, type NamedRole, rolesOf } from './lookups.ts';
import { paged, pageOf, queryFlag, queryText } from './query.ts';
import { roleListShape } from './representation-shapes.ts';
import { brief } from './role-lists.ts';

/** `…/composites` of a role: five endpoints. `roleOf` finds the role and sees to permissions that the table cannot know. */
export function declareComposites(
  declare: (endpoint: string, handler: AdminHandler) => void,
  base: string,
  roleOf: (call: AdminCall, purpose: 'view' | 'manage') => Promise<Role>,
): void {
  const children = async (call: AdminCall): Promise<Role[]> => {
    const role = await roleOf(call, 'view');
    const { roles } = call.context.storage.stores;
    return await roles.byIds(call.realm.id, await roles.composites(role.id));
  };
  declare(`GET ${base}/composites`, async (call) => {
    const wanted = (queryText(call.request, 'search') ?? '').toLowerCase();
    const found = (await children(call)).filter(({ name }) => name.toLowerCase().includes(wanted));
    return brief(paged(found, pageOf(call.request)), queryFlag(call.request, 'briefRepresentation') ?? true);
  });
  declare(`GET ${base}/composites/realm`, async (call) => brief((await children(call)).filter((role) => role.clientId === undefined)));
  declare(`GET ${base}/composites/clients/:container`, async (call) => {
    const all = await children(call);
    const client = await clientOf(call, 'container');
    return brief(all.filter((role) => role.clientId === client.id));
  });
  const change = (endpoint: string, add: boolean): void => {
    declare(endpoint, async (call) => {
      const parent = await roleOf(call, 'manage');
      const named = bodyOf<NamedRole[]>(call.request, roleListShape);
      const roles = await rolesOf(call, named, 'any', 'Could not find composite role');
      const ids = roles.map((role) => role.id);
      if (ids.length === 0) return;
      await refuseForeignPower(call, roles);
      await write(call.context, async (stores, touch) => {
        if (add) await stores.roles.addComposites(parent.id, ids);
        else await stores.roles.removeComposites(parent.id, ids);
        touch(...roleTags(parent), compositesTag(parent.id), ...ids.map(holdersTag));
      });
    });
  };
  change(`POST ${base}/composites`, true);
  change(`DELETE ${base}/composites`, false);
}
