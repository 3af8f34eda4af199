import type { Family } from '../walk.ts';
import { adminWalk } from './own-realm.ts';

const realm = {
  roles: {
    realm: [
      { name: 'seller', description: 'Sells' },
      { name: 'chief', composite: true, composites: { realm: ['seller'] } },
    ],
    client: { shop: [{ name: 'opener' }] },
  },
  clients: [{ clientId: 'shop', secret: 'shop-secret', directAccessGrantsEnabled: true, redirectUris: ['http://localhost/callback'] }],
  groups: [{ name: 'staff', subGroups: [{ name: 'night' }] }],
  users: [
    {
      username: 'ann',
      enabled: true,
      email: 'ann@example.org',
      firstName: 'Ann',
      lastName: 'A',
      attributes: { team: ['red'] },
      credentials: [{ type: 'password', value: 'ann' }],
    },
    { username: 'bob', enabled: true, email: 'bob@example.org', emailVerified: true },
  ],
};
const WHEN = { omit: ['createdTimestamp', 'createdDate', 'lastAccess', 'start', 'userProfileMetadata'] };
type Named = { readonly id: string };

export const adminUsers: Family = {
  people: adminWalk('walk-users', realm, async (walk) => {
    await walk.see('users.find', {}, WHEN);
    for (const [as, query] of Object.entries({
      search: { search: 'an' },
      'search by pattern': { search: '*example*' },
      exact: { username: 'ann', exact: true },
      'part of a name': { username: 'an' },
      email: { email: 'bob@' },
      brief: { briefRepresentation: true },
      page: { first: 1, max: 1 },
      attribute: { q: 'team:red' },
      verified: { emailVerified: true },
      nobody: { search: 'zzz' },
    }))
      await walk.see('users.find', query, { as, ...WHEN });
    await walk.see('users.count');
    await walk.see('users.count', { search: 'an' }, { as: 'search' });
    const { id } = await walk.see<Named>('users.create', {
      username: 'Cid',
      enabled: true,
      email: 'CID@example.org',
      credentials: [{ type: 'password', value: 'cid', temporary: true }],
    });
    await walk.see('users.create', { username: 'cid' }, { as: 'taken name' });
    await walk.see('users.create', { username: 'cid2', email: 'cid@example.org' }, { as: 'taken address' });
    await walk.see('users.create', { email: 'x@example.org' }, { as: 'no name' });
    await walk.see('users.create', { username: 'dan', email: 'no address' }, { as: 'bad address' });
    await walk.see('users.create', { username: 'dan', groups: ['/nowhere'] }, { as: 'no such group' });
    await walk.see('users.findOne', { id }, WHEN);
    await walk.see('users.findOne', { id: 'nobody' }, { as: 'nobody' });
    await walk.see('users.update', { id }, { body: { username: 'cid', firstName: 'Cid', requiredActions: ['UPDATE_PROFILE'] } });
    await walk.see('users.update', { id: 'nobody' }, { as: 'nobody', body: { firstName: 'X' } });
    await walk.see('users.update', { id }, { as: 'taken address', body: { username: 'cid', email: 'bob@example.org' } });
    await walk.see('users.findOne', { id }, { as: 'updated', ...WHEN });
    await walk.see('users.getUnmanagedAttributes', { id });
    await walk.see(
      'users.getProfile',
      {},
      { only: (profile) => (profile as { attributes: { name: string }[] }).attributes.map(({ name }) => name) },
    );
    await walk.see(
      'users.getProfileMetadata',
      {},
      { only: (profile) => (profile as { attributes: { name: string }[] }).attributes.map(({ name }) => name) },
    );
    const profile = await walk.prepare<{ attributes: object[] }>('users.getProfile');
    await walk.see(
      'users.updateProfile',
      { ...profile, attributes: [...profile.attributes, { name: 'team', permissions: { view: ['admin'], edit: ['admin'] } }] },
      { only: (changed) => (changed as { attributes: { name: string }[] }).attributes.map(({ name }) => name) },
    );
    await walk.see('users.del', { id });
    await walk.see('users.del', { id }, { as: 'again' });
  }),

  credentials: adminWalk('walk-credentials', realm, async (walk) => {
    const [{ id }] = (await walk.prepare<[Named]>('users.find', { username: 'ann', exact: true })) as [Named];
    const shown = await walk.see<[Named]>('users.getCredentials', { id }, { omit: ['createdDate', 'credentialData'] });
    const [{ id: credentialId }] = shown;
    await walk.see('users.updateCredentialLabel', { id, credentialId }, { body: 'Mine' });
    await walk.see('users.getCredentials', { id }, { as: 'labelled', omit: ['createdDate', 'credentialData'] });
    await walk.see('users.moveCredentialPositionUp', { id, credentialId });
    await walk.see('users.moveCredentialPositionDown', { id, credentialId, newPreviousCredentialId: credentialId });
    await walk.see('users.getUserStorageCredentialTypes', { id });
    await walk.see('users.resetPassword', { id, credential: { type: 'password', value: 'new', temporary: true } });
    await walk.see('users.resetPassword', { id, credential: { type: 'password', value: '' } }, { as: 'empty' });
    await walk.see('users.resetPassword', { id: 'nobody', credential: { type: 'password', value: 'x' } }, { as: 'nobody' });
    await walk.see(
      'users.findOne',
      { id },
      { as: 'must change it', only: (user) => (user as { requiredActions: string[] }).requiredActions },
    );
    const [{ id: now }] = (await walk.prepare<[Named]>('users.getCredentials', { id })) as [Named];
    await walk.see('users.deleteCredential', { id, credentialId: now });
    await walk.see('users.deleteCredential', { id, credentialId: now }, { as: 'again' });
    await walk.see('users.removeTotp', { id });
    await walk.see('attackDetection.findOne', { id });
    await walk.see('attackDetection.findOne', { id: 'nobody' }, { as: 'nobody' });
    await walk.see('attackDetection.del', { id });
    await walk.see('attackDetection.delAll');
    await walk.see('users.executeActionsEmail', { id, actions: ['UPDATE_PASSWORD'], lifespan: 60 }, { omit: ['errorMessage'] });
    await walk.see('users.executeActionsEmail', { id: 'nobody', actions: ['UPDATE_PASSWORD'] }, { as: 'nobody' });
    await walk.see('users.sendVerifyEmail', { id }, { omit: ['errorMessage'] });
  }),

  'roles and groups': adminWalk('walk-user-roles', realm, async (walk) => {
    const [{ id }] = (await walk.prepare<[Named]>('users.find', { username: 'ann', exact: true })) as [Named];
    const role = await walk.prepare<Named>('roles.findOneByName', { name: 'chief' });
    const [shop] = (await walk.prepare<[Named]>('clients.find', { clientId: 'shop' })) as [Named];
    const opener = await walk.prepare<Named>('clients.findRole', { id: shop.id, roleName: 'opener' });
    await walk.see('users.listRoleMappings', { id });
    await walk.see('users.addRealmRoleMappings', { id, roles: [{ id: role.id, name: 'chief' }] });
    await walk.see('users.addRealmRoleMappings', { id, roles: [{ id: 'nothing', name: 'nothing' }] }, { as: 'nothing' });
    await walk.see('users.listRealmRoleMappings', { id });
    await walk.see('users.listAvailableRealmRoleMappings', { id });
    await walk.see('users.listCompositeRealmRoleMappings', { id });
    const client = { id, clientUniqueId: shop.id };
    await walk.see('users.listAvailableClientRoleMappings', client);
    await walk.see('users.addClientRoleMappings', { ...client, roles: [{ id: opener.id, name: 'opener' }] });
    await walk.see('users.listClientRoleMappings', client);
    await walk.see('users.listCompositeClientRoleMappings', client);
    await walk.see('users.listRoleMappings', { id }, { as: 'both' });
    await walk.see('users.delClientRoleMappings', { ...client, roles: [{ id: opener.id, name: 'opener' }] });
    await walk.see('users.delRealmRoleMappings', { id, roles: [{ id: role.id, name: 'chief' }] });
    await walk.see('users.listClientRoleMappings', { id, clientUniqueId: 'nothing' }, { as: 'no client' });
    const group = await walk.prepare<Named>('realms.getGroupByPath', { path: 'staff/night' });
    await walk.see('users.listGroups', { id });
    await walk.see('users.addToGroup', { id, groupId: group.id });
    await walk.see('users.addToGroup', { id, groupId: 'nothing' }, { as: 'nothing' });
    await walk.see('users.listGroups', { id }, { as: 'one' });
    await walk.see('users.listGroups', { id, briefRepresentation: false }, { as: 'whole' });
    await walk.see('users.countGroups', { id });
    await walk.see('users.delFromGroup', { id, groupId: group.id });
    await walk.see('users.delFromGroup', { id, groupId: 'nothing' }, { as: 'nothing' });
  }),

  sessions: adminWalk('walk-user-sessions', realm, async (walk) => {
    const { id } = await walk.prepare<Named>('users.create', {
      username: 'eve',
      enabled: true,
      email: 'eve@example.org',
      firstName: 'Eve',
      lastName: 'E',
      credentials: [{ type: 'password', value: 'eve' }],
    });
    const [shop] = (await walk.prepare<[Named]>('clients.find', { clientId: 'shop' })) as [Named];
    const seen = { omit: ['createdTimestamp', 'lastAccess', 'start', 'id', 'ipAddress'] };
    await walk.login('shop', 'shop-secret', 'eve', 'eve', 'openid');
    await walk.login('shop', 'shop-secret', 'eve', 'eve', 'openid offline_access');
    await walk.see('users.listSessions', { id }, seen);
    await walk.see('users.listOfflineSessions', { id, clientId: shop.id }, seen);
    await walk.see('clients.listSessions', { id: shop.id }, seen);
    await walk.see('clients.listOfflineSessions', { id: shop.id }, seen);
    await walk.see('clients.getSessionCount', { id: shop.id });
    await walk.see('clients.getOfflineSessionCount', { id: shop.id });
    await walk.see('realms.getClientSessionStats');
    await walk.see('users.listConsents', { id }, seen);
    await walk.see('users.revokeConsent', { id, clientId: 'shop' });
    await walk.see('users.revokeConsent', { id, clientId: 'shop' }, { as: 'again' });
    await walk.see('users.impersonation', { id });
    await walk.see('users.listSessions', { id }, { as: 'impersonated', only: (list) => (list as unknown[]).length });
    await walk.see('users.impersonation', { id: 'nobody' }, { as: 'nobody' });
    await walk.prepare('users.update', { id }, { username: 'eve', enabled: false });
    await walk.see('users.impersonation', { id }, { as: 'disabled' });
    await walk.prepare('users.update', { id }, { username: 'eve', enabled: true });
    await walk.see('users.logout', { id });
    await walk.see('users.logout', { id: 'nobody' }, { as: 'nobody' });
    await walk.see('users.listSessions', { id }, { as: 'none' });
  }),
};
