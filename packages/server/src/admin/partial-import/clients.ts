import { clientTags, grantsTag, userTags, wholeRealm } from '../../cache/invalidation-keys.ts';
import { clientFromRepresentation } from '../../realm/client-representation.ts';
import { builtInClients } from '../../realm/default-clients.ts';
import { Fields } from '../../realm/fields.ts';
import { checkAuthorizationSwitch, followAuthorizationSwitch } from '../authorization/client-switch.ts';
import { insertServiceAccount, realmScopes } from '../client-parts.ts';
import { checkClient } from '../client-rules.ts';
import type { ImportKind } from './kind.ts';

/** Clients of the body; those that every realm has stay as they are. */
export function importedClients(body: Fields, realmName: string): ImportKind {
  const builtIn = new Set(builtInClients(realmName).map(({ representation }) => representation.clientId));
  const given = body.objects('clients', 'clientId') ?? [];
  const found = ({ stores, realm }: Parameters<ImportKind['idOf']>[0], name: string) => stores.clients.byClientId(realm.id, name);
  return {
    resourceType: 'CLIENT',
    items: given.map((fields) => ({ name: fields.requiredText('clientId'), fields })).filter(({ name }) => !builtIn.has(name)),
    taken: async (work, { name }) => ((await found(work, name)) === undefined ? undefined : `Client id '${name}' already exists`),
    idOf: async (work, { name }) => (await found(work, name))?.id,

    async remove(work, { name }) {
      const { stores, realm, touch } = work;
      const client = await found(work, name);
      if (client === undefined) return;
      const account = await stores.users.byServiceAccount(realm.id, client.id);
      if (account !== undefined) {
        await stores.users.remove(realm.id, account.id);
        touch(...userTags(account), grantsTag(account.id));
      }
      await stores.clients.remove(realm.id, client.id);
      touch(...clientTags(client), wholeRealm(realm.id));
    },

    async create({ stores, realm, nowMs, touch }, { name, fields }) {
      // Ids of a file belong to the realm that it came from.
      const renamed = new Fields({ ...fields.rest(new Set(['id'])) }, `clients > ${name}`);
      const scopes = realmScopes(await stores.clientScopes.ofRealm(realm.id), renamed);
      const client = clientFromRepresentation(renamed, realm.id, scopes);
      checkClient(client);
      checkAuthorizationSwitch(client);
      await stores.clients.insert(client);
      touch(...clientTags(client));
      if (client.serviceAccountsEnabled) await insertServiceAccount(stores, realm, client, nowMs, touch);
      await followAuthorizationSwitch(stores, realm, client, fields.object('authorizationSettings')?.rest(new Set()), touch);
      return client.id;
    },
  };
}
