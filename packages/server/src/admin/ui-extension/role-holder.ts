import { compositesTag, grantsTag, groupRolesTag, holdersTag, roleTags, scopeMappingsTag } from '../../cache/invalidation-keys.ts';
import { standingOf } from '../../token/permitted-roles.ts';
import type { AdminCall } from '../admin-route.ts';
import { forbidden, notFound } from '../answers.ts';
import { isMet, type Requirement, roleByIdPermissions } from '../endpoint-permissions.ts';
import type { RoleHolder } from '../role-lists.ts';

/** What may have roles, with the roles that it has through others. */
export interface EffectiveRoleHolder extends RoleHolder {
  /** Ids of the roles that it has directly or through groups; composites are not opened. */
  effectiveRoleIds(): Promise<readonly string[]>;
}

const kinds = ['users', 'groups', 'clients', 'clientScopes', 'roles'] as const;
type HolderKind = (typeof kinds)[number];
type Purpose = 'view' | 'manage';

const usersNeeded: Readonly<Record<Purpose, Requirement>> = { view: [['view-users', 'manage-users']], manage: [['manage-users']] };
const clientsNeeded: Readonly<Record<Purpose, Requirement>> = { view: [['view-clients', 'manage-clients']], manage: [['manage-clients']] };

/** Whether the word of the address names something that has roles. */
export function isHolderKind(kind: string): kind is HolderKind {
  return (kinds as readonly string[]).includes(kind);
}

/** Finds who has the roles. @throws ReplyError 403 or 404. */
export async function holderOf(call: AdminCall, kind: HolderKind, id: string, purpose: Purpose): Promise<EffectiveRoleHolder> {
  const holder = await finders[kind](call, id, purpose);
  if (holder === undefined) throw notFound(`Could not find ${kind === 'clientScopes' ? 'client scope' : kind.slice(0, -1)}`);
  return holder;
}

type Finder = (call: AdminCall, id: string, purpose: Purpose) => Promise<EffectiveRoleHolder | undefined>;

const finders: Readonly<Record<HolderKind, Finder>> = {
  async users(call, id, purpose) {
    need(call, usersNeeded[purpose]);
    const { stores } = call.context.storage;
    const user = await stores.users.byId(call.realm.id, id);
    if (user === undefined) return undefined;
    return {
      roleIds: async () => (await stores.users.grants(id)).roleIds,
      effectiveRoleIds: async () => (await standingOf(call.context.state.directory, call.realm, user)).roles.map((role) => role.id),
      add: ({ users }, ids) => users.addRoles(id, ids),
      remove: ({ users }, ids) => users.removeRoles(id, ids),
      tags: [grantsTag(id)],
      givesPower: true,
    };
  },
  async groups(call, id, purpose) {
    need(call, usersNeeded[purpose]);
    const { stores } = call.context.storage;
    if ((await stores.groups.byId(call.realm.id, id)) === undefined) return undefined;
    return direct({
      roleIds: () => stores.groups.roleIds(id),
      add: ({ groups }, ids) => groups.addRoles(id, ids),
      remove: ({ groups }, ids) => groups.removeRoles(id, ids),
      tags: [groupRolesTag(id)],
      givesPower: true,
    });
  },
  async clients(call, id, purpose) {
    need(call, clientsNeeded[purpose]);
    const { stores } = call.context.storage;
    if ((await stores.clients.byId(call.realm.id, id)) === undefined) return undefined;
    return direct({
      roleIds: () => stores.clients.scopeMappings(id),
      add: ({ clients }, ids) => clients.addScopeMappings(id, ids),
      remove: ({ clients }, ids) => clients.removeScopeMappings(id, ids),
      tags: [scopeMappingsTag(id)],
      givesPower: false,
    });
  },
  async clientScopes(call, id, purpose) {
    need(call, clientsNeeded[purpose]);
    const { stores } = call.context.storage;
    if (!(await stores.clientScopes.ofRealm(call.realm.id)).some((scope) => scope.id === id)) return undefined;
    return direct({
      roleIds: () => stores.clientScopes.scopeMappings(id),
      add: ({ clientScopes }, ids) => clientScopes.addScopeMappings(id, ids),
      remove: ({ clientScopes }, ids) => clientScopes.removeScopeMappings(id, ids),
      tags: [scopeMappingsTag(id)],
      givesPower: false,
    });
  },
  async roles(call, id, purpose) {
    const { stores } = call.context.storage;
    const role = await stores.roles.byId(call.realm.id, id);
    if (role === undefined) return undefined;
    need(call, roleByIdPermissions[purpose][role.clientId === undefined ? 'realm' : 'client']);
    return direct({
      roleIds: () => stores.roles.composites(id),
      add: ({ roles }, ids) => roles.addComposites(id, ids),
      remove: ({ roles }, ids) => roles.removeComposites(id, ids),
      tags: [...roleTags(role), compositesTag(id)],
      tagsOfRoles: (ids) => ids.map(holdersTag),
      givesPower: true,
    });
  },
};

function direct(holder: RoleHolder): EffectiveRoleHolder {
  return { ...holder, effectiveRoleIds: () => holder.roleIds() };
}

function need({ held }: AdminCall, requirement: Requirement): void {
  if (!isMet(requirement, held)) throw forbidden();
}
