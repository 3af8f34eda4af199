import type { Group } from '../model/index.ts';
import type { Fields } from './fields.ts';
import type { RealmPlan } from './realm-plan.ts';
import type { RoleBook } from './role-book.ts';
import { groupFromRepresentation } from './role-representation.ts';

/** The tree of groups, parents first, and the roles that each one gives. */
export function planGroups(fields: Fields, realmId: string, book: RoleBook): Pick<RealmPlan, 'groups' | 'groupRoles'> {
  const groups: Group[] = [];
  const groupRoles = new Map<string, readonly string[]>();
  const take = (one: Fields, parent: Group | undefined, siblings: Set<string>): void => {
    const group = groupFromRepresentation(one, realmId, parent);
    if (siblings.has(group.name)) one.refuse('name', 'stands there twice');
    siblings.add(group.name);
    groups.push(group);
    const roles = book.named(one, 'realmRoles', 'clientRoles');
    if (roles.length > 0) groupRoles.set(group.id, [...new Set(roles.map((role) => role.id))]);
    const below = new Set<string>();
    for (const child of one.objects('subGroups', 'name') ?? []) take(child, group, below);
  };
  const roots = new Set<string>();
  for (const one of fields.objects('groups', 'name') ?? []) take(one, undefined, roots);
  return { groups, groupRoles };
}
