import { configEntries, type Entry, entriesOf } from './config-lists.ts';
import type { Names, PolicyConfig, PolicyType } from './policy-type.ts';

/** The subject has one of the roles, and all of those that are required. */
export const rolePolicy: PolicyType = {
  type: 'role',
  name: 'Role',
  group: 'Identity Based',
  fields: { roles: 'list', fetchRoles: 'flag' },
  references: (config) => ({ roles: ids(config) }),
  judge(config, subject, facts) {
    const fetch = config['fetchRoles'] === 'true';
    let granted = false;
    for (const { id = '', required = false } of configEntries(config, 'roles')) {
      const role = facts.role(id);
      if (role === undefined) continue;
      const { name, clientId } = role;
      const named = clientId === undefined ? subject.realmRoles.has(name) : (subject.clientRoles.get(clientId)?.has(name) ?? false);
      if (fetch ? subject.roleIds.has(id) : named) granted = true;
      else if (required) return 'deny';
    }
    return granted ? 'grant' : undefined;
  },
  read: async ({ roles, fetchRoles }, names) => ({
    ...(fetchRoles === undefined || fetchRoles === null ? {} : { fetchRoles: String(fetchRoles) }),
    roles: JSON.stringify(await resolved(entriesOf(roles), names)),
  }),
  show: (config, facts) => ({
    roles: configEntries(config, 'roles')
      .filter(({ id = '' }) => facts.role(id) !== undefined)
      .map(({ id, required = false }) => ({ id, required })),
    ...(config['fetchRoles'] === undefined ? {} : { fetchRoles: config['fetchRoles'] === 'true' }),
  }),
  exported: (config, facts) => ({
    ...config,
    roles: JSON.stringify(
      configEntries(config, 'roles').flatMap(({ id = '', required = false }) => {
        const role = facts.role(id);
        return role === undefined ? [] : [{ id: role.clientId === undefined ? role.name : `${role.clientId}/${role.name}`, required }];
      }),
    ),
  }),
  imported: async (config, names) => ({ ...config, roles: JSON.stringify(await resolved(configEntries(config, 'roles'), names)) }),
};

function ids(config: PolicyConfig): readonly string[] {
  return configEntries(config, 'roles').flatMap(({ id }) => id ?? []);
}

/** Roles that do not exist are left out: nobody has them. */
async function resolved(entries: readonly Entry[], names: Names): Promise<Entry[]> {
  const found = new Map<string, Entry>();
  for (const { id = '', required = false } of entries) {
    const roleId = await names.role(id);
    if (roleId !== undefined) found.set(roleId, { id: roleId, required });
  }
  return [...found.values()];
}
