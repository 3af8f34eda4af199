import { refused } from '../refusal.ts';
import { configTexts, textsOf } from './config-lists.ts';
import type { Names, PolicyType } from './policy-type.ts';

/** The subject is one of the users. */
export const userPolicy: PolicyType = {
  type: 'user',
  name: 'User',
  group: 'Identity Based',
  fields: { users: 'list' },
  references: (config) => ({ users: configTexts(config, 'users') }),
  judge: (config, subject) => (configTexts(config, 'users').includes(subject.id) ? 'grant' : undefined),
  read: async ({ users }, names) => ({ users: JSON.stringify(await resolved(textsOf(users), names)) }),
  show: (config, facts) => ({ users: configTexts(config, 'users').filter((id) => facts.user(id) !== undefined) }),
  exported: (config, facts) => ({
    ...config,
    users: JSON.stringify(configTexts(config, 'users').flatMap((id) => facts.user(id) ?? [])),
  }),
  imported: async (config, names) => ({ ...config, users: JSON.stringify(await resolved(configTexts(config, 'users'), names)) }),
};

async function resolved(users: readonly string[], names: Names): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const user of users) {
    const id = await names.user(user);
    if (id === undefined) throw refused(400, 'invalid_request', `User [${user}] does not exist`);
    found.add(id);
  }
  return [...found];
}
