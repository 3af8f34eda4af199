import { realmTags } from '../cache/invalidation-keys.ts';
import type { RealmAuthentication } from '../model/index.ts';
import { authenticationOf } from '../realm/realm-authentication.ts';
import { type AdminCall, write } from './admin-route.ts';
import { notFound } from './answers.ts';

/**
 * Changes flows, settings or required actions of the realm. `change` sees what stands there now, may run again where another writer was
 * faster, and throws the answer where what the call names is not there.
 */
export async function changeAuthentication(
  { context, realm }: AdminCall,
  change: (authentication: RealmAuthentication) => RealmAuthentication,
): Promise<void> {
  await write(context, async ({ realms }, touch) => {
    const current = await realms.byId(realm.id);
    if (current === undefined) throw notFound('Realm not found.');
    const authentication = change(authenticationOf(current));
    await realms.update({ ...current, authentication });
    touch(...realmTags(current));
  });
}
