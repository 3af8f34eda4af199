import { refused } from '../refusal.ts';
import { configTexts, textsOf } from './config-lists.ts';
import type { Names, PolicyType } from './policy-type.ts';

/** The token was issued to one of the clients. */
export const clientPolicy: PolicyType = {
  type: 'client',
  name: 'Client',
  group: 'Identity Based',
  fields: { clients: 'list' },
  references: (config) => ({ clients: configTexts(config, 'clients') }),
  judge(config, subject, facts) {
    const asking = subject.context.get('kc.client.id') ?? [];
    const known = (clientId: string | undefined): boolean => clientId !== undefined && asking.includes(clientId);
    return configTexts(config, 'clients').some((id) => known(facts.client(id))) ? 'grant' : undefined;
  },
  read: async ({ clients }, names) => ({ clients: JSON.stringify(await resolved(textsOf(clients), names)) }),
  show: (config, facts) => ({ clients: configTexts(config, 'clients').filter((id) => facts.client(id) !== undefined) }),
  exported: (config, facts) => ({
    ...config,
    clients: JSON.stringify(configTexts(config, 'clients').flatMap((id) => facts.client(id) ?? [])),
  }),
  imported: async (config, names) => ({ ...config, clients: JSON.stringify(await resolved(configTexts(config, 'clients'), names)) }),
};

async function resolved(clients: readonly string[], names: Names): Promise<readonly string[]> {
  if (clients.length === 0) throw refused(400, 'invalid_request', 'No client provided.');
  const found = new Set<string>();
  for (const client of clients) {
    const id = await names.client(client);
    if (id === undefined) throw refused(400, 'invalid_request', `Client [${client}] does not exist`);
    found.add(id);
  }
  return [...found];
}
