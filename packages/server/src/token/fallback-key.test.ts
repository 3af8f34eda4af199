import { describe, expect, it } from 'vitest';
import type { Changes } from '../cache/contracts.ts';
import type { RealmKey } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import { realmFixture, realmKeyFixture } from '../testing/fixtures.ts';
import { createKeyProvision } from './fallback-key.ts';

function world() {
  const inserted: RealmKey[] = [];
  const touched: string[] = [];
  const stores = { keys: { insert: async (_realmId: string, key: RealmKey) => void inserted.push(key) } } as unknown as Stores;
  const changes: Pick<Changes, 'write'> = { write: (work) => work(stores, (...keys) => void touched.push(...keys)) };
  const provision = createKeyProvision(changes, async (algorithm) => realmKeyFixture(algorithm));
  return { inserted, touched, provision };
}

describe('a fallback key', () => {
  it('is made once for requests that come together, behind every other key, and told to all members', async () => {
    const { inserted, touched, provision } = world();
    const realm = realmFixture();
    await Promise.all([provision(realm, 'ES256'), provision(realm, 'ES256'), provision(realm, 'ES256')]);
    expect(inserted.map((key) => [key.name, key.priority, key.algorithm])).toEqual([['fallback-ES256', -100, 'ES256']]);
    expect(touched).toEqual([`realm-keys:${realm.id}`]);
  });

  it('is not made for an algorithm that is none', async () => {
    const { inserted, provision } = world();
    for (const algorithm of ['none', 'RSA-OAEP', ''])
      await expect(provision(realmFixture(), algorithm)).rejects.toThrow('not a signature algorithm');
    expect(inserted).toEqual([]);
  });
});
