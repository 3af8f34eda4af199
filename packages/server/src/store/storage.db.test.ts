import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Group, Realm, Role, User } from '../model/index.ts';
import { clientFixture, realmFixture } from '../testing/fixtures.ts';
import { openTestStorage } from '../testing/test-database.ts';
import type { Stores } from './stores.ts';

let test: Awaited<ReturnType<typeof openTestStorage>>;
let stores: Stores;
let realm: Realm;

beforeAll(async () => {
  test = await openTestStorage();
  stores = test.storage.stores;
  realm = realmFixture({ realm: 'store', other: { odd: [1] } });
  await stores.realms.insert(realm);
});

afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

const newUser = (username: string, more: Partial<User> = {}): User => ({
  id: randomUUID(),
  realmId: realm.id,
  version: 0,
  username,
  emailVerified: false,
  enabled: true,
  createdTimestamp: 1_795_251_341_611,
  notBefore: 0,
  attributes: {},
  requiredActions: [],
  ...more,
});
const newRole = (name: string, clientId?: string): Role => ({
  id: randomUUID(),
  realmId: realm.id,
  ...(clientId === undefined ? {} : { clientId }),
  name,
  composite: false,
  attributes: {},
});

describe('a guarded write', () => {
  it('wins once where two nodes race, and tells the loser', async () => {
    const raced = realmFixture({ realm: 'raced' });
    await stores.realms.insert(raced);
    const outcomes = await Promise.allSettled([
      stores.realms.update({ ...raced, displayName: 'a' }),
      stores.realms.update({ ...raced, displayName: 'b' }),
    ]);
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'KG_STORE_CONFLICT' });
    expect((await stores.realms.byName('raced'))?.version).toBe(1);
  });

  it('gives back what was stored', async () => {
    expect(await stores.realms.byId(realm.id)).toEqual(realm);
  });
});

describe('clients', () => {
  it('keep their scopes by identity, so that a scope may be renamed or removed', async () => {
    const scope = (name: string) => ({
      id: randomUUID(),
      realmId: realm.id,
      name,
      protocol: 'openid-connect',
      protocolMappers: [],
      attributes: {},
      realmDefault: 'none' as const,
      other: {},
    });
    const [one, two] = [scope('one'), scope('two')];
    await stores.clientScopes.insert(one);
    await stores.clientScopes.insert(two);
    const client = clientFixture(realm, { clientId: 'Scoped_%', defaultClientScopes: ['one'], optionalClientScopes: ['two', 'nowhere'] });
    await stores.clients.insert(client);
    await stores.clientScopes.update({ ...one, name: 'uno' });
    const renamed = (await stores.clients.byClientId(realm.id, 'Scoped_%')) ?? expect.fail();
    expect(renamed).toMatchObject({ defaultClientScopes: ['uno'], optionalClientScopes: ['two'] });
    await stores.clients.update({ ...renamed, defaultClientScopes: ['two'], optionalClientScopes: [] });
    expect(await stores.clients.byId(realm.id, client.id)).toMatchObject({
      defaultClientScopes: ['two'],
      optionalClientScopes: [],
      version: 1,
    });
    expect((await stores.clients.list(realm.id, { clientId: 'd_%', search: true })).map((found) => found.id)).toEqual([client.id]);
    expect(await stores.clients.list(realm.id, { clientId: 'dx%', search: true })).toEqual([]);
  });

  it('take their roles, and every use of them, along', async () => {
    const client = clientFixture(realm, { clientId: 'gone' });
    await stores.clients.insert(client);
    const role = newRole('used', client.id);
    const parent = newRole('parent');
    await stores.roles.insert(role);
    await stores.roles.insert(parent);
    await stores.roles.addComposites(parent.id, [role.id]);
    expect(await stores.roles.byId(realm.id, parent.id)).toMatchObject({ composite: true });
    await stores.clients.remove(realm.id, client.id);
    expect(await stores.roles.byId(realm.id, role.id)).toBeUndefined();
    expect(await stores.roles.byId(realm.id, parent.id)).toMatchObject({ composite: false });
  });
});

describe('groups', () => {
  it('move the paths below them when they are renamed', async () => {
    const group = (name: string, path: string, parentId?: string): Group => ({
      id: randomUUID(),
      realmId: realm.id,
      ...(parentId === undefined ? {} : { parentId }),
      name,
      path,
      attributes: {},
    });
    const top = group('top', '/top');
    const child = group('child', '/top/child', top.id);
    const leaf = group('leaf', '/top/child/leaf', child.id);
    for (const one of [top, child, leaf]) await stores.groups.insert(one);
    await expect(stores.groups.insert(group('top', '/top'))).rejects.toMatchObject({ code: 'KG_STORE_DUPLICATE' });
    await stores.groups.update({ ...top, name: 'peak', path: '/peak' });
    expect((await stores.groups.list(realm.id)).map((one) => one.path).sort()).toEqual(['/peak', '/peak/child', '/peak/child/leaf']);
    expect((await stores.groups.list(realm.id, { parentId: null })).map((one) => one.name)).toEqual(['peak']);
  });
});

describe('users', () => {
  it('are found by name and address in any case, and by parts', async () => {
    const ada = newUser('ada', { email: 'ada@example.org', firstName: 'Ada', lastName: 'Lovelace', attributes: { team: ['a', 'b'] } });
    await stores.users.insert(ada);
    await stores.users.insert(newUser('bob_1', { enabled: false }));
    await stores.users.insert(newUser('service-account-x', { serviceAccountClientLink: 'x' }));
    expect(await stores.users.byUsername(realm.id, 'ADA')).toEqual(ada);
    expect((await stores.users.byEmail(realm.id, 'Ada@Example.org'))?.id).toBe(ada.id);
    expect((await stores.users.byServiceAccount(realm.id, 'x'))?.username).toBe('service-account-x');
    const found = async (query: Parameters<typeof stores.users.list>[1]) =>
      (await stores.users.list(realm.id, query)).map((one) => one.username);
    expect(await found({})).toEqual(['ada', 'bob_1']);
    expect(await found({ search: 'love' })).toEqual(['ada']);
    expect(await found({ search: '*lace ad' })).toEqual(['ada']);
    expect(await found({ search: '"ad"' })).toEqual([]);
    expect(await found({ username: 'ob_' })).toEqual(['bob_1']);
    expect(await found({ username: 'bobX1' })).toEqual([]);
    expect(await found({ username: 'BOB_1', exact: true })).toEqual(['bob_1']);
    expect(await found({ attributes: { team: 'b' } })).toEqual(['ada']);
    expect(await found({ first: 1, max: 1 })).toEqual(['bob_1']);
    expect(await stores.users.count(realm.id, { enabled: true })).toBe(1);
  });

  it('share an address only where the realm allows it', async () => {
    await expect(stores.users.insert(newUser('second', { email: 'ada@example.org' }))).rejects.toMatchObject({
      code: 'KG_STORE_DUPLICATE',
    });
    const free = realmFixture({ realm: 'free', duplicateEmailsAllowed: true });
    await stores.realms.insert(free);
    for (const name of ['x', 'y']) await stores.users.insert(newUser(name, { realmId: free.id, email: 'same@example.org' }));
    expect(await stores.users.count(free.id, { email: 'same@example.org', exact: true })).toBe(2);
  });

  it('give roles and groups in one read', async () => {
    const user = newUser('granted');
    const role = newRole('grant');
    await stores.users.insert(user);
    await stores.roles.insert(role);
    await stores.users.addRoles(user.id, [role.id]);
    await stores.users.addRoles(user.id, [role.id]);
    expect(await stores.users.grants(user.id)).toEqual({ roleIds: [role.id], groupIds: [] });
    expect((await stores.users.withRole(realm.id, role.id, {})).map((one) => one.id)).toEqual([user.id]);
  });
});

describe('the small tables', () => {
  it('server_config compares and sets', async () => {
    const { serverConfig } = stores;
    expect(await Promise.all([serverConfig.insert('k', 'a'), serverConfig.insert('k', 'b')])).toHaveLength(2);
    const { version } = (await serverConfig.get('k')) ?? expect.fail();
    const races = await Promise.all([serverConfig.replace('k', 'c', version), serverConfig.replace('k', 'd', version)]);
    expect(races.filter(Boolean)).toHaveLength(1);
    expect(await serverConfig.remove('k', version)).toBe(false);
    expect(await Promise.all([serverConfig.remove('k', version + 1), serverConfig.remove('k', version + 1)])).toContain(true);
    expect(await serverConfig.get('k')).toBeUndefined();
  });

  it('revoked_token keeps the later expiry and forgets the past', async () => {
    await stores.revokedTokens.insert('jti', 100);
    await stores.revokedTokens.insert('jti', 50);
    expect(await stores.revokedTokens.list(99)).toEqual([{ id: 'jti', expire: 100 }]);
    expect([await stores.revokedTokens.has('jti', 99), await stores.revokedTokens.has('jti', 100)]).toEqual([true, false]);
    expect(await stores.revokedTokens.removeExpired(100)).toBe(1);
  });

  it('jgroups_ping holds exactly the rows of the view', async () => {
    const row = (address: string, coord: boolean) => ({
      address,
      name: address,
      ip: '127.0.0.1:7800',
      coord,
      coordinatedBy: 'a',
      lastUpdate: 5,
    });
    await stores.jgroupsPing.replace('ISPN', [row('a', true), row('b', false)]);
    await stores.jgroupsPing.replace('ISPN', [row('c', false), row('a', true)]);
    expect(await stores.jgroupsPing.list('ISPN')).toEqual([row('a', true), row('c', false)]);
    await stores.jgroupsPing.replace('ISPN', []);
    expect(await stores.jgroupsPing.list('ISPN')).toEqual([]);
  });
});

describe('the outbox', () => {
  it('skips no row of a transaction that commits after a later one', async () => {
    const start = await stores.outbox.head();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let appended: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      appended = resolve;
    });
    const slow = test.storage.transaction(async (inside) => {
      await inside.outbox.append(['slow']);
      appended();
      await held;
    });
    await waiting;
    await stores.outbox.append(['fast', 'fast-too']);
    const first = await stores.outbox.after(start);
    expect(first.keys).toEqual(expect.arrayContaining(['fast', 'fast-too']));
    expect(first.keys).not.toContain('slow');
    release();
    await slow;
    const second = await stores.outbox.after(first.next);
    expect(second.keys).toContain('slow');
    // Rows come again while anybody on the server, in whatever database, has an older transaction open; from where all of these have ended, not.
    const { rows } = await test.database.execute('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS position');
    expect((await stores.outbox.after(rows[0].position)).keys).toEqual([]);
    expect(await stores.outbox.removeOlderThan(-1)).toBe(2);
  });
});

describe('a transaction', () => {
  it('leaves nothing behind when its work fails', async () => {
    const work = test.storage.transaction(async (inside) => {
      await inside.serverConfig.insert('half', 'done');
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await stores.serverConfig.get('half')).toBeUndefined();
  });

  it('is ended by the database when its owner freezes, so that no lock stays', async () => {
    await stores.serverConfig.insert('locked', '1');
    const frozen = test.storage
      .transaction(async (inside) => {
        await inside.serverConfig.replace('locked', '2', 0);
        await new Promise((resolve) => setTimeout(resolve, 2_600));
        await inside.serverConfig.get('locked');
      })
      .catch((error: unknown) => error);
    let replaced: boolean | undefined;
    while (replaced === undefined) replaced = await stores.serverConfig.replace('locked', '3', 0).catch(() => undefined);
    expect(await frozen).toMatchObject({ code: 'KG_DATABASE_UNAVAILABLE' });
    expect((await stores.serverConfig.get('locked'))?.version).toBe(1);
  });
});
