import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { startTarget, type Target } from './support/target.ts';

describe('@keycloak/keycloak-admin-client operates a realm', () => {
  let target: Target;
  let client: KeycloakAdminClient;
  const realm = 'walked';

  beforeAll(async () => {
    target = await startTarget(1);
    client = new KeycloakAdminClient({ baseUrl: target.base, realmName: 'master' });
    await client.auth({ grantType: 'password', clientId: 'admin-cli', username: 'admin', password: 'admin' });
    await client.realms.del({ realm }).catch(() => {});
  });
  afterAll(async () => {
    await client?.realms.del({ realm }).catch(() => {});
    await target?.stop();
  });

  it('creates, reads, changes and lists a realm', async () => {
    expect(await client.realms.create({ realm, enabled: true })).toEqual({ realmName: realm });
    await client.realms.update({ realm }, { displayName: 'Walked', ssoSessionIdleTimeout: 900 });
    expect(await client.realms.findOne({ realm })).toMatchObject({
      realm,
      displayName: 'Walked',
      ssoSessionIdleTimeout: 900,
      accessTokenLifespan: 300,
    });
    expect((await client.realms.find()).map((one) => one.realm)).toEqual(expect.arrayContaining(['master', 'test', realm]));
  });

  it('refuses a second realm of the same name', async () => {
    await expect(client.realms.create({ realm, enabled: true })).rejects.toMatchObject({ response: { status: 409 } });
  });

  it('manages clients with their secrets and mappers', async () => {
    const { id } = await client.clients.create({
      realm,
      clientId: 'shop',
      secret: 'first',
      redirectUris: ['http://localhost/callback'],
      directAccessGrantsEnabled: true,
    });
    expect(await client.clients.getClientSecret({ realm, id })).toMatchObject({ type: 'secret', value: 'first' });
    const renewed = await client.clients.generateNewClientSecret({ realm, id });
    expect(renewed.value).not.toBe('first');
    await client.clients.update(
      { realm, id },
      {
        clientId: 'shop',
        name: 'The shop',
        redirectUris: ['http://localhost/callback'],
        directAccessGrantsEnabled: true,
        secret: 'app-secret',
      },
    );
    await client.clients.addProtocolMapper(
      { realm, id },
      {
        name: 'colour',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-hardcoded-claim-mapper',
        config: {
          'claim.name': 'colour',
          'claim.value': 'green',
          'jsonType.label': 'String',
          'access.token.claim': 'true',
          'id.token.claim': 'true',
        },
      },
    );
    expect((await client.clients.listProtocolMappers({ realm, id })).map((mapper) => mapper.name)).toEqual(['colour']);
    expect((await client.clients.find({ realm, clientId: 'shop' }))[0]).toMatchObject({ id, clientId: 'shop', name: 'The shop' });
    expect((await client.clients.findOne({ realm, id }))?.protocolMappers?.[0]?.config?.['claim.value']).toBe('green');
    await expect(client.clients.create({ realm, clientId: 'shop' })).rejects.toMatchObject({ response: { status: 409 } });
  });

  it('manages users with credentials and roles', async () => {
    const { id } = await client.users.create({
      realm,
      username: 'Dora',
      email: 'dora@example.org',
      emailVerified: true,
      firstName: 'Dora',
      lastName: 'D',
      enabled: true,
      credentials: [{ type: 'password', value: 'secret', temporary: false }],
    });
    expect(await client.users.findOne({ realm, id })).toMatchObject({ id, username: 'dora', email: 'dora@example.org', enabled: true });
    expect((await client.users.find({ realm, search: 'dor' })).map((user) => user.id)).toEqual([id]);
    expect(await client.users.count({ realm })).toBe(1);
    await client.users.resetPassword({ realm, id, credential: { type: 'password', value: 'dora', temporary: false } });
    expect((await client.users.getCredentials({ realm, id })).map((credential) => credential.type)).toEqual(['password']);
    await client.users.update(
      { realm, id },
      {
        attributes: { team: ['red'] },
        username: 'dora',
        email: 'dora@example.org',
        firstName: 'Dora',
        lastName: 'Dee',
        emailVerified: true,
      },
    );

    await client.roles.create({ realm, name: 'seller', description: 'Sells' });
    const role = await client.roles.findOneByName({ realm, name: 'seller' });
    expect(role).toMatchObject({ name: 'seller', composite: false, clientRole: false });
    await client.users.addRealmRoleMappings({ realm, id, roles: [{ id: role?.id ?? '', name: 'seller' }] });
    expect((await client.users.listRealmRoleMappings({ realm, id })).map((one) => one.name).sort()).toEqual([
      'default-roles-walked',
      'seller',
    ]);
    expect((await client.roles.findUsersWithRole({ realm, name: 'seller' })).map((user) => user.username)).toEqual(['dora']);
    await client.users.delRealmRoleMappings({ realm, id, roles: [{ id: role?.id ?? '', name: 'seller' }] });
    expect((await client.users.listAvailableRealmRoleMappings({ realm, id })).map((one) => one.name)).toContain('seller');
  });

  it('sees the sessions of a user and of a client, and ends them', async () => {
    const [user] = await client.users.find({ realm, username: 'dora', exact: true });
    const [shop] = await client.clients.find({ realm, clientId: 'shop' });
    const walk = new LoginWalk({
      realm,
      clientId: 'shop',
      clientSecret: 'app-secret',
      redirectUri: 'http://localhost/callback',
      username: 'dora',
      password: 'dora',
    });
    const tokens = await walk.login(target.base);
    const sessions = await client.users.listSessions({ realm, id: user?.id ?? '' });
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ username: 'dora', userId: user?.id, rememberMe: false, clients: { [shop?.id ?? '']: 'shop' } });
    expect(await client.clients.getSessionCount({ realm, id: shop?.id ?? '' })).toEqual({ count: 1 });
    expect(await client.clients.listSessions({ realm, id: shop?.id ?? '' })).toHaveLength(1);
    expect(await client.realms.getClientSessionStats({ realm })).toEqual([{ id: shop?.id, clientId: 'shop', active: '1', offline: '0' }]);
    await client.users.logout({ realm, id: user?.id ?? '' });
    await expect(walk.refresh(target.base, tokens.refresh_token)).rejects.toThrow(/invalid_grant/);
    expect(await client.users.listSessions({ realm, id: user?.id ?? '' })).toEqual([]);
    await walk.login(target.base);
    await client.realms.logoutAll({ realm });
    expect(await client.clients.listSessions({ realm, id: shop?.id ?? '' })).toEqual([]);
  });

  it('adds, changes and removes keys of the realm', async () => {
    const type = 'org.keycloak.keys.KeyProvider';
    const before = await client.realms.getKeys({ realm });
    const { id } = await client.components.create({
      realm,
      name: 'newer',
      providerId: 'rsa-generated',
      providerType: type,
      config: { priority: ['200'], keySize: ['3072'] },
    });
    const keys = (await client.realms.getKeys({ realm })).keys ?? [];
    expect(keys).toHaveLength((before.keys?.length ?? 0) + 1);
    const added = keys.find((key) => key.providerId === id);
    expect(added).toMatchObject({ algorithm: 'RS256', status: 'ACTIVE', use: 'SIG', type: 'RSA', providerPriority: 200 });
    expect((await client.realms.getKeys({ realm })).active).toMatchObject({ RS256: added?.kid });

    const component = await client.components.findOne({ realm, id });
    expect(component).toMatchObject({ id, name: 'newer', providerType: type, config: { priority: ['200'], keySize: ['3072'] } });
    await client.components.update({ realm, id }, { ...component, config: { active: ['false'] } });
    expect((await client.realms.getKeys({ realm })).active).toEqual(before.active);
    expect((await client.components.find({ realm, type, name: 'newer' })).map((one) => one.id)).toEqual([id]);
    expect((await client.components.listSubComponents({ realm, id, type })).map((one) => one.id)).toContain('hmac-generated');
    await expect(
      client.components.create({ realm, name: 'x', providerId: 'rsa-generated', providerType: type, config: { keySize: ['7'] } }),
    ).rejects.toMatchObject({ response: { status: 400 } });
    await client.components.del({ realm, id });
    expect(await client.components.findOne({ realm, id })).toBeNull();
    expect(await client.realms.getKeys({ realm })).toEqual(before);
  });

  it('shows the cluster in serverinfo', async () => {
    const info = await client.serverInfo.find();
    const providers = info.providers?.['connectionsInfinispan']?.providers as Record<string, { operationalInfo: Record<string, string> }>;
    const operational = Object.values(providers)[0]?.operationalInfo ?? {};
    expect(operational).toMatchObject({ clusterSize: '1', 'sessions:Cache': 'HEALTHY', 'work:Cache': 'HEALTHY' });
    for (const value of Object.values(operational)) expect(typeof value).toBe('string');
  });

  it('gives a realm administrator of one realm no look into another', async () => {
    const [manager] = [
      await client.users.create({
        realm,
        username: 'manager',
        enabled: true,
        firstName: 'M',
        lastName: 'M',
        email: 'm@example.org',
        emailVerified: true,
        credentials: [{ type: 'password', value: 'manager', temporary: false }],
      }),
    ];
    const [management] = await client.clients.find({ realm, clientId: 'realm-management' });
    const role = await client.clients.findRole({ realm, id: management?.id ?? '', roleName: 'view-users' });
    await client.users.addClientRoleMappings({
      realm,
      id: manager.id,
      clientUniqueId: management?.id ?? '',
      roles: [{ id: role?.id ?? '', name: 'view-users' }],
    });
    const other = new KeycloakAdminClient({ baseUrl: target.base, realmName: realm });
    await other.auth({ grantType: 'password', clientId: 'admin-cli', username: 'manager', password: 'manager' });
    expect((await other.users.find({ realm })).length).toBe(2);
    await expect(other.users.create({ realm, username: 'x' })).rejects.toMatchObject({ response: { status: 403 } });
    await expect(other.users.find({ realm: 'test' })).rejects.toMatchObject({ response: { status: 403 } });
    await expect(other.realms.update({ realm }, { displayName: 'Mine' })).rejects.toMatchObject({ response: { status: 403 } });
  });

  it('deletes what it made', async () => {
    const [user] = await client.users.find({ realm, username: 'dora', exact: true });
    await client.users.del({ realm, id: user?.id ?? '' });
    expect(await client.users.findOne({ realm, id: user?.id ?? '' })).toBeNull();
    await client.roles.delByName({ realm, name: 'seller' });
    const [shop] = await client.clients.find({ realm, clientId: 'shop' });
    await client.clients.del({ realm, id: shop?.id ?? '' });
    expect(await client.clients.find({ realm, clientId: 'shop' })).toEqual([]);
  });
});
