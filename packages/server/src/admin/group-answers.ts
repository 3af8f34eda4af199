import type { Group } from '../model/index.ts';

/** A group of a list in its short form, without its children. */
export function groupToListed(group: Group): Readonly<Record<string, unknown>> {
  return {
    id: group.id,
    name: group.name,
    path: group.path,
    ...(group.parentId === undefined ? {} : { parentId: group.parentId }),
    subGroups: [],
  };
}

/** What an administrator may do with a group, by the roles over its realm. */
export function groupAccess(held: ReadonlySet<string>): Readonly<Record<string, boolean>> {
  const manage = held.has('manage-users');
  const view = manage || held.has('view-users');
  return { view, viewMembers: view, manageMembers: manage, manage, manageMembership: manage };
}
