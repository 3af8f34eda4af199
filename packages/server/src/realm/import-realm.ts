import type { Changes } from '../cache/contracts.ts';
import type { Realm } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import { type PlanTools, planRealm } from './plan-realm.ts';
import { removeRealm, storeRealm } from './store-realm.ts';
import type { UserSource } from './users-file.ts';

/** What realm changes are made with: the cluster's `Changes`, or the same over a database that no node uses. */
export interface RealmServices extends PlanTools {
  readonly changes: Pick<Changes, 'write'>;
  readonly stores: Pick<Stores, 'realms'>;
}

/** What to do with a realm whose name is taken: leave it as it is, or put the new one in its place. */
export type ImportStrategy = 'skip' | 'replace';

export type ImportOutcome = 'imported' | 'replaced' | 'skipped';

/** Makes a realm from a representation; what it does not bring gets Keycloak's defaults. @throws ServerError KG_STORE_DUPLICATE, KG_BAD_IMPORT. */
export async function createRealm(services: RealmServices, representation: unknown): Promise<Realm> {
  const plan = await planRealm(representation, services);
  await services.changes.write((stores, touch) => storeRealm(stores, plan, touch));
  return plan.realm;
}

/** Imports a realm of an export or a hand-written file, whole or not at all. @throws ServerError KG_BAD_IMPORT naming field and value. */
export async function importRealm(
  services: RealmServices,
  representation: unknown,
  strategy: ImportStrategy,
  source?: UserSource,
): Promise<ImportOutcome> {
  const name = nameOf(representation);
  // Asked first: hashing and key making are not free. Asked again in the transaction, where a race is decided.
  if (strategy === 'skip' && name !== undefined && (await services.stores.realms.byName(name))) return 'skipped';
  const plan = await planRealm(representation, services, source);
  return await services.changes.write(async (stores, touch): Promise<ImportOutcome> => {
    const exists = (await stores.realms.byName(plan.realm.realm)) !== undefined;
    if (exists && strategy === 'skip') return 'skipped';
    if (exists) await removeRealm(stores, plan.realm.realm, touch);
    await storeRealm(stores, plan, touch);
    return exists ? 'replaced' : 'imported';
  });
}

function nameOf(representation: unknown): string | undefined {
  if (typeof representation !== 'object' || representation === null || !('realm' in representation)) return undefined;
  return typeof representation.realm === 'string' ? representation.realm : undefined;
}
