import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { createRealm, type RealmServices } from '../realm/import-realm.ts';
import { storageServices } from '../realm/operations.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { openTestStorage } from '../testing/test-database.ts';
import { createChanges } from './changes.ts';
import type { InvalidationBus } from './contracts.ts';
import { createDirectory } from './directory.ts';
import { realmTags, roleTags } from './invalidation-keys.ts';
import { localBus } from './local-bus.ts';
import { LocalCache } from './local-cache.ts';
import { followInvalidations } from './outbox-reader.ts';

let test: Awaited<ReturnType<typeof openTestStorage>>;
let services: RealmServices;

/** A node with caches of its own over the shared database. */
async function openNode(bus: InvalidationBus = localBus) {
  const realms = new LocalCache({ name: 'realms', maxCount: 1_000, clock: systemClock });
  const users = new LocalCache({ name: 'users', maxCount: 1_000, clock: systemClock });
  const caches = { byName: new Map([realms, users].map((cache) => [cache.name, cache])) };
  const { storage } = test;
  const directory = createDirectory({ stores: storage.stores, realms, users });
  const changes = createChanges({ storage, caches, bus });
  const never = { [Symbol.dispose]: () => undefined };
  const reader = await followInvalidations({ outbox: storage.stores.outbox, caches, bus, logger: quietLogger, every: () => never });
  return { realms, directory, changes, reader };
}

let a: Awaited<ReturnType<typeof openNode>>;
let b: Awaited<ReturnType<typeof openNode>>;

beforeAll(async () => {
  test = await openTestStorage();
  services = storageServices(test.storage);
  await createRealm(services, { realm: 'demo', enabled: true });
});

afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

beforeEach(async () => {
  a = await openNode();
  b = await openNode();
});

afterEach(() => {
  a.reader[Symbol.dispose]();
  b.reader[Symbol.dispose]();
});

async function demo(node: typeof a) {
  return (await node.directory.realmByName('demo')) ?? expect.fail('no realm demo');
}

describe('a change of what the directory caches', () => {
  it('is seen at once where it was made, and elsewhere when the outbox is read though its writer told nobody', async () => {
    const before = await demo(a);
    await demo(b);
    await a.changes.write(async (stores, touch) => {
      await stores.realms.update({ ...before, displayName: 'changed' });
      touch(...realmTags(before));
    });
    expect((await demo(a)).displayName).toBe('changed');
    expect((await demo(b)).displayName).toBeUndefined();
    await b.reader.poll();
    expect((await demo(b)).displayName).toBe('changed');
  });

  it('of one role leaves the rest of the realm cached', async () => {
    const realm = await demo(a);
    const role = (await a.directory.roleByName(realm, undefined, 'offline_access')) ?? expect.fail();
    await a.directory.role(realm, role.id);
    await a.directory.clientByClientId(realm, 'account');
    const misses = a.realms.statistics.misses;
    await a.changes.write(async (stores, touch) => {
      await stores.roles.update({ ...role, description: 'new' });
      touch(...roleTags(role));
    });
    await demo(a);
    await a.directory.clientByClientId(realm, 'account');
    expect(a.realms.statistics.misses).toBe(misses);
    expect((await a.directory.role(realm, role.id))?.description).toBe('new');
  });

  it('leaves nothing behind where it fails', async () => {
    const head = await test.storage.stores.outbox.head();
    const failing = a.changes.write(async (stores, touch) => {
      await stores.serverConfig.insert('x', 'y');
      touch('realm:x');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    // Read from where the oldest open transaction of the whole server began: older rows may come again.
    expect((await test.storage.stores.outbox.after(head)).keys).not.toContain('realm:x');
    expect(await test.storage.stores.serverConfig.get('x')).toBeUndefined();
  });

  it('brings along the roles of a composite, and follows its changes', async () => {
    const realm = await demo(a);
    const names = async () => (await a.directory.expandRoles(realm, [realm.defaultRole.id])).map((role) => role.name).sort();
    expect(await names()).toEqual([
      'default-roles-demo',
      'manage-account',
      'manage-account-links',
      'offline_access',
      'uma_authorization',
      'view-profile',
    ]);
    const offline = (await a.directory.roleByName(realm, undefined, 'offline_access')) ?? expect.fail();
    await a.changes.write(async (stores, touch) => {
      await stores.roles.removeComposites(realm.defaultRole.id, [offline.id]);
      touch(`composites:${realm.defaultRole.id}`);
    });
    expect(await names()).not.toContain('offline_access');
  });
});
