import type { Changes } from '../cache/contracts.ts';
import { realmKeysTag } from '../cache/invalidation-keys.ts';
import type { Realm, RealmKey } from '../model/index.ts';
import { jwsAlgorithms } from './jws-algorithms.ts';
import type { KeyProvision } from './signing.ts';

/** Fallback keys stand behind every key that an administrator adds. */
const FALLBACK_PRIORITY = -100;

/**
 * Gives a realm a key for an algorithm that a client was configured for and no key is there: made once on this node however many requests
 * wait for it. Two nodes that make one each at the same moment leave two keys; both verify, the first listed signs.
 */
export function createKeyProvision(changes: Pick<Changes, 'write'>, generate: (algorithm: string) => Promise<RealmKey>): KeyProvision {
  const underWay = new Map<string, Promise<void>>();
  return (realm, algorithm) => {
    if (!jwsAlgorithms.has(algorithm)) return Promise.reject(new Error(`${algorithm} is not a signature algorithm of this server`));
    const id = `${realm.id}/${algorithm}`;
    let work = underWay.get(id);
    if (!work) {
      work = create(changes, generate, realm, algorithm).finally(() => underWay.delete(id));
      underWay.set(id, work);
    }
    return work;
  };
}

async function create(
  changes: Pick<Changes, 'write'>,
  generate: (algorithm: string) => Promise<RealmKey>,
  realm: Realm,
  algorithm: string,
): Promise<void> {
  const key: RealmKey = { ...(await generate(algorithm)), name: `fallback-${algorithm}`, priority: FALLBACK_PRIORITY };
  await changes.write(async (stores, touch) => {
    await stores.keys.insert(realm.id, key);
    touch(realmKeysTag(realm.id));
  });
}
