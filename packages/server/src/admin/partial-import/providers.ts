import { randomUUID } from 'node:crypto';
import { realmTags } from '../../cache/invalidation-keys.ts';
import type { IdentityProvider } from '../../model/index.ts';
import type { Fields } from '../../realm/fields.ts';
import { providersFromRepresentation } from '../../realm/identity-provider-representation.ts';
import { checkedProvider } from '../identity-provider-rules.ts';
import type { ImportKind, ImportWork } from './kind.ts';

/** Outside providers of identities, with the mappers of the body that name them. */
export function importedProviders(body: Fields): ImportKind {
  const given = new Map((providersFromRepresentation(body) ?? []).map((provider) => [provider.alias, provider]));
  const found = async ({ stores, realm }: ImportWork, alias: string): Promise<IdentityProvider | undefined> =>
    (await stores.realms.byId(realm.id))?.identityProviders?.find((provider) => provider.alias === alias);
  const change = async (
    { stores, realm, touch }: ImportWork,
    to: (providers: readonly IdentityProvider[]) => readonly IdentityProvider[],
  ): Promise<void> => {
    const current = (await stores.realms.byId(realm.id)) ?? realm;
    await stores.realms.update({ ...current, identityProviders: to(current.identityProviders ?? []) });
    touch(...realmTags(current));
  };
  return {
    resourceType: 'IDP',
    items: (body.objects('identityProviders', 'alias') ?? []).map((fields) => ({ name: fields.requiredText('alias'), fields })),
    taken: async (work, { name }) => ((await found(work, name)) === undefined ? undefined : `Identity Provider '${name}' already exists.`),
    idOf: async (work, { name }) => (await found(work, name))?.internalId,

    // Links of users name the provider by its alias; one that is put in its place keeps them, as in the original.
    remove: (work, { name }) => change(work, (providers) => providers.filter(({ alias }) => alias !== name)),

    async create(work, { name, fields }) {
      const provider = given.get(name);
      if (provider === undefined) return fields.refuse('alias', 'stands there twice');
      const own = checkedProvider({ ...provider, internalId: randomUUID() });
      await change(work, (providers) => [...providers, own]);
      return own.internalId;
    },
  };
}
