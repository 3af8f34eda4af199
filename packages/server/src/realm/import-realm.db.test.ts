import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argon2 } from '../security/password-hashing/argon2.ts';
import { readPasswordHash } from '../security/password-hashing/password-hash.ts';
import { openTestStorage } from '../testing/test-database.ts';
import { bootstrapAdmin, ensureMasterRealm } from './bootstrap-admin.ts';
import { exportRealm, exportUsers } from './export-realm.ts';
import type { Representation } from './fields.ts';
import { createRealm, importRealm, type RealmServices } from './import-realm.ts';
import { managementRoles } from './management-roles.ts';
import { storageServices } from './operations.ts';
import { removeRealm } from './store-realm.ts';

let test: Awaited<ReturnType<typeof openTestStorage>>;
let services: RealmServices;

beforeAll(async () => {
  test = await openTestStorage();
  services = storageServices(test.storage);
});

afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

async function realmNamed(name: string) {
  return (await test.storage.stores.realms.byName(name)) ?? expect.fail(`no realm ${name}`);
}

async function clientNamed(realm: string, clientId: string) {
  const { id } = await realmNamed(realm);
  return (await test.storage.stores.clients.byClientId(id, clientId)) ?? expect.fail(`no client ${clientId}`);
}

async function rolesOf(realm: string, username: string) {
  const { stores } = test.storage;
  const { id } = await realmNamed(realm);
  const user = (await stores.users.byUsername(id, username)) ?? expect.fail(`no user ${username}`);
  const grants = await stores.users.grants(user.id);
  return { user, names: (await stores.roles.byIds(id, grants.roleIds)).map((role) => role.name) };
}

describe('the master realm', () => {
  it('is made once, with its first administrator, by ten nodes that start at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, () => ensureMasterRealm(services, [{ username: 'Admin', password: 'pass' }])),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    const { user, names } = await rolesOf('master', 'admin');
    expect(names).toEqual(['admin', 'default-roles-master']);
    expect(user.attributes).toEqual({ is_temporary_admin: ['true'] });
    const [password] = await test.storage.stores.credentials.ofUser(user.id);
    const stored = readPasswordHash(password ?? expect.fail()) ?? expect.fail();
    expect(await argon2.verify('pass', stored)).toBe(true);
  });

  it('gets further administrators on request, and refuses a taken name', async () => {
    await bootstrapAdmin(services, { clientId: 'temp-admin', clientSecret: 'secret' });
    expect(await clientNamed('master', 'temp-admin')).toMatchObject({ secret: 'secret', serviceAccountsEnabled: true });
    expect((await rolesOf('master', 'service-account-temp-admin')).names).toContain('admin');
    await expect(bootstrapAdmin(services, { username: 'admin', password: 'x' })).rejects.toMatchObject({ code: 'KG_STORE_DUPLICATE' });
  });

  it('has a client with the management roles for each realm, which goes with the realm', async () => {
    await createRealm(services, { realm: 'passing', enabled: true });
    const { stores } = test.storage;
    const master = await realmNamed('master');
    const client = await clientNamed('master', 'passing-realm');
    const roles = await stores.roles.list(master.id, client.id);
    expect(roles.map((role) => role.name).sort()).toEqual(Object.keys(managementRoles).sort());
    const admin = (await stores.roles.byName(master.id, undefined, 'admin')) ?? expect.fail();
    expect(await stores.roles.composites(admin.id)).toEqual(expect.arrayContaining(roles.map((role) => role.id)));
    await test.storage.transaction((inside) => removeRealm(inside, 'passing', () => undefined));
    expect(await stores.clients.byClientId(master.id, 'passing-realm')).toBeUndefined();
    expect(await stores.realms.byName('passing')).toBeUndefined();
  });
});

describe('a new realm', () => {
  it('has the client scopes, clients, roles and keys of the original', async () => {
    const realm = await createRealm(services, { realm: 'fresh' });
    const { stores } = test.storage;
    expect(realm).toMatchObject({ enabled: false, sslRequired: 'external', accessTokenLifespan: 300, ssoSessionIdleTimeout: 1_800 });
    const clients = await stores.clients.list(realm.id);
    expect(clients.map((client) => client.clientId)).toEqual([
      'account',
      'account-console',
      'admin-cli',
      'broker',
      'realm-management',
      'security-admin-console',
    ]);
    expect(clients[0]?.defaultClientScopes).toEqual(['acr', 'basic', 'email', 'profile', 'roles', 'web-origins']);
    expect(clients[0]?.optionalClientScopes).toEqual(['address', 'microprofile-jwt', 'offline_access', 'organization', 'phone']);
    const keys = await stores.keys.ofRealm(realm.id);
    expect(keys.map((key) => [key.algorithm, key.use, key.status]).sort()).toEqual([
      ['AES', 'ENC', 'ACTIVE'],
      ['HS512', 'SIG', 'ACTIVE'],
      ['RS256', 'SIG', 'ACTIVE'],
      ['RSA-OAEP', 'ENC', 'ACTIVE'],
    ]);
    const roles = await stores.roles.list(realm.id, undefined);
    expect(roles.map((role) => [role.name, role.composite])).toEqual([
      ['default-roles-fresh', true],
      ['offline_access', false],
      ['uma_authorization', false],
    ]);
    expect(roles[0]?.id).toBe(realm.defaultRole.id);
    const children = await stores.roles.byIds(realm.id, await stores.roles.composites(realm.defaultRole.id));
    expect(children.map((role) => role.name)).toEqual(['manage-account', 'offline_access', 'uma_authorization', 'view-profile']);
    await expect(createRealm(services, { realm: 'fresh' })).rejects.toMatchObject({ code: 'KG_STORE_DUPLICATE' });
  });
});

describe('an imported realm', () => {
  const shop: Representation = {
    realm: 'shop',
    enabled: true,
    unknownField: { kept: true },
    roles: {
      realm: [{ name: 'shopper', composite: true, composites: { client: { till: ['buy'] } } }],
      client: { till: [{ name: 'buy' }] },
    },
    groups: [{ name: 'staff', realmRoles: ['shopper'], subGroups: [{ name: 'night' }] }],
    clients: [
      { clientId: 'till', secret: 's3cret', redirectUris: ['https://till/*'], serviceAccountsEnabled: true, fullScopeAllowed: 'false' },
      { clientId: 'spa', publicClient: true },
    ],
    clientScopeMappings: { till: [{ client: 'spa', roles: ['buy'] }] },
    users: [
      {
        username: 'Ada',
        email: 'Ada@Example.org',
        enabled: true,
        credentials: [{ type: 'password', value: 'tea' }],
        groups: ['/staff/night'],
      },
      {
        username: 'bob',
        realmRoles: ['shopper'],
        clientRoles: { till: ['buy'] },
        federatedIdentities: [{ identityProvider: 'up', userId: 'bob-there', userName: 'Bob' }],
        credentials: [{ type: 'password', secretData: '{"value":"v","salt":"s"}', credentialData: '{"algorithm":"pbkdf2-sha256"}' }],
      },
    ],
  };

  it('has what the file says, and defaults for the rest', async () => {
    expect(await importRealm(services, shop, 'skip')).toBe('imported');
    const { stores } = test.storage;
    const realm = await realmNamed('shop');
    expect(realm.other).toMatchObject({ unknownField: { kept: true } });
    expect(await clientNamed('shop', 'till')).toMatchObject({ secret: 's3cret', fullScopeAllowed: false, publicClient: false });
    expect((await clientNamed('shop', 'till')).defaultClientScopes).toContain('service_account');
    const spa = await clientNamed('shop', 'spa');
    expect(spa.secret).toBeUndefined();
    const buy = (await stores.roles.byName(realm.id, (await clientNamed('shop', 'till')).id, 'buy')) ?? expect.fail();
    expect(await stores.clients.scopeMappings(spa.id)).toEqual([buy.id]);
    const ada = await rolesOf('shop', 'ada');
    expect(ada.user).toMatchObject({ username: 'ada', email: 'ada@example.org', enabled: true });
    expect(ada.names).toEqual([]);
    const night = (await stores.groups.list(realm.id)).find((group) => group.path === '/staff/night') ?? expect.fail();
    expect((await stores.users.grants(ada.user.id)).groupIds).toEqual([night.id]);
    const [hash] = await stores.credentials.ofUser(ada.user.id);
    expect(await argon2.verify('tea', readPasswordHash(hash ?? expect.fail()) ?? expect.fail())).toBe(true);
    const bob = await rolesOf('shop', 'bob');
    expect(bob.names).toEqual(['buy', 'shopper']);
    expect((await stores.credentials.ofUser(bob.user.id))[0]?.credentialData).toBe('{"algorithm":"pbkdf2-sha256"}');
    expect(await stores.federatedIdentities.userOf(realm.id, 'up', 'bob-there')).toBe(bob.user.id);
    expect((await rolesOf('shop', 'service-account-till')).names).toEqual(['default-roles-shop']);
  });

  it('stays as it is, or is replaced, by the strategy', async () => {
    expect(await importRealm(services, { realm: 'shop', displayName: 'new' }, 'skip')).toBe('skipped');
    expect((await realmNamed('shop')).displayName).toBeUndefined();
    const before = await wholeExport('shop');
    expect(await importRealm(services, before, 'replace')).toBe('replaced');
    expect(await wholeExport('shop')).toEqual(before);
    expect((before['users'] as Representation[]).find(({ username }) => username === 'bob')).toMatchObject({
      federatedIdentities: [{ identityProvider: 'up', userId: 'bob-there', userName: 'Bob' }],
    });
  });

  it.each([
    [{ realm: 'bad', accessTokenLifespan: 'abc' }, 'realm bad.accessTokenLifespan: expected a whole number, got "abc"'],
    [{ realm: 'bad name' }, 'realm bad name.realm: "bad name" is no realm name'],
    [
      { realm: 'bad', clients: [{ clientId: 'a', redirectUris: 'x' }] },
      'realm bad > clients[a].redirectUris: expected a list of texts, got "x"',
    ],
    [{ realm: 'bad', clients: [{ clientId: 'a' }, { clientId: 'a' }] }, 'realm bad > clients[a].clientId: "a" stands there twice'],
    [{ realm: 'bad', users: [{ username: 'u', groups: ['/nowhere'] }] }, 'realm bad > users[u].groups: ["/nowhere"] names "/nowhere"'],
    [
      { realm: 'bad', users: [{ username: 'u', credentials: [{ type: 'otp', value: 'geheim' }] }] },
      'credentials[otp].secretData: nothing is missing',
    ],
    [
      {
        realm: 'bad',
        users: ['u', 'v'].map((username) => ({ username, federatedIdentities: [{ identityProvider: 'up', userId: '1', userName: 'x' }] })),
      },
      'realm bad > users[v] > federatedIdentities[up].userId: "1" belongs to another user already',
    ],
    [{ realm: 'bad', sslRequired: 'sometimes' }, 'realm bad.sslRequired: expected one of none, external, all, got "sometimes"'],
    [[], 'realm: expected an object, got []'],
  ])('is refused whole with field and value: %j', async (file, message) => {
    const refusal = importRealm(services, file, 'skip');
    await expect(refusal).rejects.toMatchObject({ code: 'KG_BAD_IMPORT', message: expect.stringContaining(message) });
    await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining('geheim') });
    expect(await test.storage.stores.realms.byName('bad')).toBeUndefined();
  });
});

async function wholeExport(name: string): Promise<Representation> {
  const realm = await realmNamed(name);
  const users: Representation[] = [];
  for await (const page of exportUsers(test.storage.stores, realm, 2)) users.push(...page);
  return { ...(await exportRealm(test.storage.stores, realm)), users };
}
