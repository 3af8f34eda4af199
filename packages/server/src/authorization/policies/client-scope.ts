import { refused } from '../refusal.ts';
import { configEntries, type Entry, entriesOf } from './config-lists.ts';
import type { Names, PolicyType } from './policy-type.ts';

/** The token has one of the client scopes, and all of those that are required. */
export const clientScopePolicy: PolicyType = {
  type: 'client-scope',
  name: 'Client Scope',
  group: 'Identity Based',
  fields: { clientScopes: 'list' },
  references: (config) => ({ clientScopes: configEntries(config, 'clientScopes').flatMap(({ id }) => id ?? []) }),
  judge(config, subject, facts) {
    const held = new Set((subject.claims.get('scope') ?? []).flatMap((text) => text.split(' ')));
    let granted = false;
    for (const { id = '', required = false } of configEntries(config, 'clientScopes')) {
      const name = facts.clientScope(id);
      if (name === undefined) continue;
      if (held.has(name)) granted = true;
      else if (required) return 'deny';
    }
    return granted ? 'grant' : undefined;
  },
  read: async ({ clientScopes }, names) => ({ clientScopes: JSON.stringify(await resolved(entriesOf(clientScopes), names)) }),
  show: (config, facts) => ({
    clientScopes: configEntries(config, 'clientScopes')
      .filter(({ id = '' }) => facts.clientScope(id) !== undefined)
      .map(({ id, required = false }) => ({ id, required })),
  }),
  exported: (config, facts) => ({
    ...config,
    clientScopes: JSON.stringify(
      configEntries(config, 'clientScopes').flatMap(({ id = '', required = false }) => {
        const name = facts.clientScope(id);
        return name === undefined ? [] : [{ id: name, required }];
      }),
    ),
  }),
  imported: async (config, names) => ({
    ...config,
    clientScopes: JSON.stringify(await resolved(configEntries(config, 'clientScopes'), names)),
  }),
};

async function resolved(entries: readonly Entry[], names: Names): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const { id = '', required = false } of entries) {
    const scopeId = await names.clientScope(id);
    if (scopeId === undefined) throw refused(400, 'invalid_request', `Client scope [${id}] does not exist`);
    found.push({ id: scopeId, required });
  }
  return found;
}
