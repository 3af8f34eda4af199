import { randomUUID } from 'node:crypto';
import { clientTags, compositesTag, roleTags } from '../cache/invalidation-keys.ts';
import type { Role } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import { clientFromRepresentation } from './client-representation.ts';
import { masterClient } from './default-clients.ts';
import { Fields } from './fields.ts';
import { masterRealm } from './realm-defaults.ts';
import { describe } from './role-book.ts';

/**
 * Gives master the client whose roles administer `realm`, and those roles to master's role `admin`. No-op where there is no master (it is made
 * later and sees to it then) or the client exists.
 */
export async function addMasterClient(stores: Stores, realm: string, touch: (...keys: string[]) => void): Promise<void> {
  const master = await stores.realms.byName(masterRealm);
  if (!master) return;
  const { representation, roles } = masterClient(realm);
  if (await stores.clients.byClientId(master.id, representation.clientId)) return;
  const client = clientFromRepresentation(new Fields(representation, representation.clientId), master.id, { defaults: [], optionals: [] });
  await stores.clients.insert(client);
  touch(...clientTags(client));
  const byName = new Map<string, Role>();
  for (const name of Object.keys(roles)) {
    const role: Role = {
      id: randomUUID(),
      realmId: master.id,
      clientId: client.id,
      name,
      description: describe(name),
      composite: false,
      attributes: {},
    };
    byName.set(name, role);
    await stores.roles.insert(role);
    touch(...roleTags(role));
  }
  for (const [name, children] of Object.entries(roles)) {
    const role = byName.get(name);
    const ids = children.flatMap((child) => byName.get(child)?.id ?? []);
    if (role && ids.length > 0) await stores.roles.addComposites(role.id, ids);
  }
  const admin = await stores.roles.byName(master.id, undefined, 'admin');
  if (!admin) return;
  await stores.roles.addComposites(
    admin.id,
    [...byName.values()].map((role) => role.id),
  );
  touch(...roleTags(admin), compositesTag(admin.id));
}
