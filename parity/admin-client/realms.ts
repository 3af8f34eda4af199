import type { Family } from '../walk.ts';
import { adminWalk } from './own-realm.ts';

export const adminRealms: Family = {
  'a realm': adminWalk('walk-realm', {}, async (walk) => {
    await walk.see('realms.findOne', {}, { omit: ['attributes', 'otpSupportedApplications'] });
    await walk.see('realms.findOne', { realm: 'walk-nowhere' }, { as: 'nowhere' });
    await walk.see(
      'realms.find',
      {},
      { only: (list) => (list as { realm: string }[]).filter(({ realm }) => realm === 'walk-realm').map(({ realm }) => realm) },
    );
    await walk.see('realms.create', { realm: 'walk-realm' }, { as: 'taken' });
    await walk.see('realms.create', { realm: 'a/b' }, { as: 'bad name' });
    await walk.see('realms.update', {}, { body: { displayName: 'Walked', ssoSessionIdleTimeout: 900 } });
    await walk.see(
      'realms.findOne',
      {},
      { as: 'updated', only: (realm) => pick(realm, ['displayName', 'ssoSessionIdleTimeout', 'accessTokenLifespan']) },
    );
    await walk.see('realms.update', { realm: 'walk-nowhere' }, { as: 'nowhere', body: { displayName: 'x' } });
    await walk.see(
      'realms.getKeys',
      {},
      {
        only: (keys) => ({
          kinds: (keys as { keys: { algorithm: string; use: string; type: string; status: string }[] }).keys.map(
            ({ algorithm, use, type, status }) => `${algorithm} ${use} ${type} ${status}`,
          ),
        }),
      },
    );
    await walk.see('realms.getRealmSpecificLocales');
    await walk.see('realms.addLocalization', { selectedLocale: 'de', key: 'hello' }, { body: 'Hallo' });
    await walk.see('realms.getRealmSpecificLocales', {}, { as: 'with one' });
    await walk.see('realms.getRealmLocalizationTexts', { selectedLocale: 'de' });
    await walk.see('realms.deleteRealmLocalizationTexts', { selectedLocale: 'de', key: 'hello' });
    await walk.see('realms.deleteRealmLocalizationTexts', { selectedLocale: 'de', key: 'hello' }, { as: 'again' });
    await walk.see('realms.getClientSessionStats');
    await walk.see('realms.logoutAll');
    await walk.see('realms.pushRevocation');
    await walk.see('realms.removeSession', { sessionId: 'nothing' });
    await walk.see('realms.deleteSession', { session: 'nothing', isOffline: false });
    await walk.see(
      'realms.export',
      { exportClients: true, exportGroupsAndRoles: true },
      { only: (realm) => Object.keys(realm as object).sort() },
    );
    await walk.see('realms.testSMTPConnection', { host: '127.0.0.1', port: '1', from: 'a@example.org' }, { omit: ['errorMessage'] });
    await walk.see('whoAmI.find', { currentRealm: 'walk-realm', realm: 'master' }, { omit: ['userId', 'locale', 'displayName'] });
    await walk.see('serverInfo.find', {}, { only: (info) => Object.keys(info as object).sort() });
    await walk.see(
      'serverInfo.findEffectiveMessageBundles',
      { themeType: 'login', locale: 'en' },
      { only: (list) => (Array.isArray(list) && list.length > 0 ? Object.keys(list[0] as object).sort() : list) },
    );
    for (const what of ['clearUserCache', 'clearKeysCache', 'clearCrlCache', 'clearRealmCache']) await walk.see(`cache.${what}`);
    await walk.see('realms.del', { realm: 'walk-nowhere' });
    await walk.see('realms.del', { realm: 'master' }, { as: 'master' });
  }),

  'default groups': adminWalk('walk-default-groups', { groups: [{ name: 'staff', subGroups: [{ name: 'night' }] }] }, async (walk) => {
    const group = await walk.see<{ id: string }>('realms.getGroupByPath', { path: 'staff/night' });
    await walk.see('realms.getGroupByPath', { path: 'nothing' }, { as: 'nothing' });
    await walk.see('realms.getDefaultGroups');
    await walk.see('realms.addDefaultGroup', { id: group.id });
    await walk.see('realms.addDefaultGroup', { id: 'nothing' }, { as: 'nothing' });
    await walk.see('realms.getDefaultGroups', {}, { as: 'one' });
    await walk.see('realms.removeDefaultGroup', { id: group.id });
    await walk.see('realms.removeDefaultGroup', { id: 'nothing' }, { as: 'nothing' });
  }),

  events: adminWalk('walk-events', {}, async (walk) => {
    await walk.see('realms.getConfigEvents', {}, { omit: ['enabledEventTypes'] });
    await walk.see(
      'realms.updateConfigEvents',
      {},
      {
        body: {
          eventsEnabled: true,
          adminEventsEnabled: true,
          adminEventsDetailsEnabled: true,
          enabledEventTypes: ['LOGIN'],
          eventsListeners: ['jboss-logging'],
        },
      },
    );
    await walk.see(
      'realms.getConfigEvents',
      {},
      {
        as: 'changed',
        only: (config) => pick(config, ['eventsEnabled', 'adminEventsEnabled', 'adminEventsDetailsEnabled', 'eventsListeners']),
      },
    );
    const { id } = await walk.prepare<{ id: string }>('users.create', { username: 'ann', enabled: true });
    await walk.prepare('users.update', { id }, { username: 'ann', firstName: 'Ann' });
    await walk.prepare('users.resetPassword', { id, credential: { type: 'password', value: 'ann' } });
    await walk.prepare('roles.create', { name: 'seller' });
    const role = await walk.prepare<{ id: string }>('roles.findOneByName', { name: 'seller' });
    await walk.prepare('users.addRealmRoleMappings', { id, roles: [{ id: role.id, name: 'seller' }] });
    await walk.prepare('groups.create', { name: 'staff' });
    await walk.prepare('clients.create', { clientId: 'shop' });
    await walk.prepare('realms.partialImport', {
      rep: {
        ifResourceExists: 'SKIP',
        users: [{ username: 'bob' }],
        groups: [{ name: 'night', path: '/night' }],
        roles: { realm: [{ name: 'buyer' }] },
      },
    });
    await walk.prepare('users.del', { id });
    await walk.see('realms.findAdminEvents', {}, { omit: ['id', 'time', 'authDetails', 'representation', 'realmId'] });
    await walk.see(
      'realms.findAdminEvents',
      { operationTypes: 'DELETE' },
      { as: 'deletions', omit: ['id', 'time', 'authDetails', 'representation', 'realmId'] },
    );
    await walk.see('realms.findEvents');
    await walk.see('realms.clearEvents');
    await walk.see('realms.clearAdminEvents');
    await walk.see(
      'realms.findAdminEvents',
      { resourceTypes: 'USER' },
      { as: 'cleared', omit: ['id', 'time', 'authDetails', 'representation', 'realmId'] },
    );
  }),

  'partial import': adminWalk('walk-partial-import', {}, async (walk) => {
    const rep = {
      users: [
        {
          username: 'ann',
          enabled: true,
          email: 'ann@example.org',
          groups: ['/staff'],
          realmRoles: ['seller'],
          credentials: [{ type: 'password', value: 'ann' }],
        },
      ],
      clients: [{ clientId: 'shop', redirectUris: ['http://localhost/*'] }, { clientId: 'account' }],
      groups: [{ name: 'staff', path: '/staff', subGroups: [{ name: 'night', path: '/staff/night' }], realmRoles: ['seller'] }],
      roles: { realm: [{ name: 'seller' }, { name: 'chief', composites: { realm: ['seller'] } }], client: { shop: [{ name: 'opener' }] } },
      identityProviders: [
        {
          alias: 'outside',
          providerId: 'oidc',
          config: { authorizationUrl: 'http://127.0.0.1/a', tokenUrl: 'http://127.0.0.1/t', clientId: 'c', clientSecret: 's' },
        },
      ],
    };
    const omit = { omit: ['id'] };
    await walk.see('realms.partialImport', { rep: { ifResourceExists: 'FAIL', ...rep } }, omit);
    await walk.see('realms.partialImport', { rep: { ifResourceExists: 'SKIP', ...rep } }, { as: 'skip', ...omit });
    await walk.see('realms.partialImport', { rep: { ifResourceExists: 'OVERWRITE', ...rep } }, { as: 'overwrite', ...omit });
    for (const [as, part] of Object.entries({
      users: { users: rep.users },
      'users by address': { users: [{ username: 'anna', email: 'ann@example.org' }] },
      clients: { clients: rep.clients },
      groups: { groups: rep.groups },
      'realm roles': { roles: { realm: rep.roles.realm } },
      'client roles': { roles: { client: rep.roles.client } },
      providers: { identityProviders: rep.identityProviders },
    }))
      await walk.see('realms.partialImport', { rep: { ifResourceExists: 'FAIL', ...part } }, { as: `taken ${as}`, ...omit });
    await walk.see('realms.partialImport', { rep: {} }, { as: 'nothing' });
    await walk.see(
      'realms.partialImport',
      { rep: { ifResourceExists: 'NEVER' } },
      { as: 'unknown policy', omit: ['error', 'error_description', 'errorMessage'] },
    );
    await walk.see('realms.partialImport', { rep: { bogus: 1 } }, { as: 'unknown field', omit: ['error_description', 'errorMessage'] });
    await walk.see(
      'realms.partialImport',
      { rep: { ifResourceExists: 'FAIL', users: [{ username: 'new', groups: ['/nowhere'] }] } },
      { as: 'unknown group', omit: ['error', 'error_description', 'errorMessage'] },
    );
    await walk.see(
      'realms.partialImport',
      { rep: { ifResourceExists: 'FAIL', roles: { client: { nowhere: [{ name: 'x' }] } } } },
      { as: 'role of no client', omit: ['error', 'error_description', 'errorMessage'] },
    );
    await walk.see('users.find', {}, { omit: ['createdTimestamp'] });
    await walk.see('groups.find', {});
    await walk.see('roles.find', {}, { omit: ['containerId'] });
    await walk.see('identityProviders.find', {}, { omit: ['types'] });
  }),
};

function pick(value: unknown, names: readonly string[]): unknown {
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => names.includes(name)));
}
