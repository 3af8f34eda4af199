import { configEntries, type Entry, entriesOf } from './config-lists.ts';
import type { Json, Names, PolicyType } from './policy-type.ts';

/** The subject is in one of the groups, or below one that extends to its children: by a claim of the token, else by the groups of the user. */
export const groupPolicy: PolicyType = {
  type: 'group',
  name: 'Group',
  group: 'Identity Based',
  fields: { groups: 'list', groupsClaim: 'text' },
  references: (config) => ({ groups: configEntries(config, 'groups').flatMap(({ id }) => id ?? []) }),
  judge(config, subject, facts) {
    const claim = subject.claims.get(config['groupsClaim'] ?? '') ?? [];
    const own = claim.length > 0 ? claim : subject.groupPaths;
    for (const { id = '', extendChildren = false } of configEntries(config, 'groups')) {
      const group = facts.group(id);
      if (group === undefined) continue;
      const inside = (path: string): boolean =>
        path.includes('/') ? path === group.path || (extendChildren && path.startsWith(`${group.path}/`)) : path === group.name;
      if (own.some(inside)) return 'grant';
    }
    return undefined;
  },
  read: async ({ groups, groupsClaim }, names) => ({
    ...(typeof groupsClaim === 'string' ? { groupsClaim } : {}),
    groups: JSON.stringify(await resolved(entriesOf(groups), names)),
  }),
  show: (config) => ({
    ...(config['groupsClaim'] === undefined ? {} : { groupsClaim: config['groupsClaim'] }),
    groups: configEntries(config, 'groups').map(shown),
  }),
  exported: (config, facts) => ({
    ...config,
    groups: JSON.stringify(
      configEntries(config, 'groups').flatMap(({ id = '', extendChildren = false }) => {
        const path = facts.group(id)?.path;
        return path === undefined ? [] : [{ path, extendChildren }];
      }),
    ),
  }),
  imported: async (config, names) => ({ ...config, groups: JSON.stringify(await resolved(configEntries(config, 'groups'), names)) }),
};

function shown({ id, path, extendChildren = false }: Entry): Json {
  return { ...(id === undefined ? { path } : { id }), extendChildren };
}

/** A path that leads nowhere is kept as it is: its group may come. */
async function resolved(entries: readonly Entry[], names: Names): Promise<Json[]> {
  const found: Json[] = [];
  for (const { id, path, extendChildren = false } of entries) {
    const groupId = id ?? (path === undefined ? undefined : await names.group(path));
    if (groupId !== undefined || path !== undefined) found.push(shown({ id: groupId, path, extendChildren }));
  }
  return found;
}
