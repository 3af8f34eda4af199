import type { Family } from '../walk.ts';
import { adminWalk } from './own-realm.ts';

type Named = { readonly id: string };
const KEYS = 'org.keycloak.keys.KeyProvider';
const provider = {
  alias: 'outside',
  providerId: 'oidc',
  config: {
    authorizationUrl: 'http://127.0.0.1:1/a',
    tokenUrl: 'http://127.0.0.1:1/t',
    clientId: 'c',
    clientSecret: 's',
    clientAuthMethod: 'client_secret_post',
  },
};
const mapper = {
  name: 'from outside',
  identityProviderAlias: 'outside',
  identityProviderMapper: 'hardcoded-attribute-idp-mapper',
  config: { syncMode: 'INHERIT', attribute: 'from', 'attribute.value': 'outside' },
};

export const adminProviders: Family = {
  components: adminWalk('walk-components', {}, async (walk) => {
    await walk.see(
      'components.find',
      { type: KEYS },
      { only: (list) => (list as { name: string; providerId: string }[]).map(({ name, providerId }) => `${name} ${providerId}`) },
    );
    const { id } = await walk.see<Named>('components.create', {
      name: 'newer',
      providerId: 'rsa-generated',
      providerType: KEYS,
      config: { priority: ['200'], keySize: ['2048'] },
    });
    await walk.see(
      'components.create',
      { name: 'bad', providerId: 'rsa-generated', providerType: KEYS, config: { keySize: ['7'] } },
      { as: 'bad size', omit: ['errorMessage'] },
    );
    await walk.see(
      'components.create',
      { name: 'bad', providerId: 'nothing', providerType: KEYS },
      { as: 'unknown kind', omit: ['errorMessage'] },
    );
    await walk.see('components.findOne', { id });
    await walk.see('components.findOne', { id: 'nothing' }, { as: 'nothing' });
    await walk.see(
      'components.update',
      { id },
      { body: { name: 'newest', providerId: 'rsa-generated', providerType: KEYS, config: { priority: ['201'] } } },
    );
    await walk.see('components.findOne', { id }, { as: 'updated', only: (one) => (one as { name: string }).name });
    await walk.see('components.listSubComponents', { id, type: KEYS }, { only: (list) => (list as Named[]).map((one) => one.id) });
    await walk.see('components.del', { id });
    await walk.see('components.del', { id }, { as: 'again' });
  }),

  'identity providers': adminWalk('walk-providers', {}, async (walk) => {
    await walk.see('identityProviders.find');
    await walk.see('identityProviders.create', provider);
    await walk.see('identityProviders.create', provider, { as: 'taken' });
    await walk.see('identityProviders.create', { alias: 'x', providerId: 'nothing' }, { as: 'unknown kind' });
    await walk.see('identityProviders.find', {}, { as: 'one', omit: ['types'] });
    await walk.see('identityProviders.findOne', { alias: 'outside' }, { omit: ['types'] });
    await walk.see('identityProviders.findOne', { alias: 'nothing' }, { as: 'nothing' });
    await walk.see('identityProviders.update', { alias: 'outside' }, { body: { ...provider, displayName: 'Outside' } });
    await walk.see('identityProviders.update', { alias: 'nothing' }, { as: 'nothing', body: provider });
    await walk.see(
      'identityProviders.findFactory',
      { providerId: 'oidc' },
      { only: (factory) => (factory as { id: string; name: string }).id },
    );
    await walk.see(
      'identityProviders.findMapperTypes',
      { alias: 'outside' },
      {
        only: (types) =>
          Object.keys(types as object).filter(
            (name) => name === 'hardcoded-attribute-idp-mapper' || name === 'oidc-user-attribute-idp-mapper',
          ),
      },
    );
    const { id } = await walk.see<Named>('identityProviders.createMapper', { alias: 'outside', identityProviderMapper: mapper });
    await walk.see('identityProviders.createMapper', { alias: 'outside', identityProviderMapper: mapper }, { as: 'taken' });
    await walk.see('identityProviders.findMappers', { alias: 'outside' });
    await walk.see('identityProviders.findOneMapper', { alias: 'outside', id });
    await walk.see('identityProviders.findOneMapper', { alias: 'outside', id: 'nothing' }, { as: 'nothing' });
    await walk.see('identityProviders.updateMapper', { alias: 'outside', id }, { body: { ...mapper, id } });
    await walk.see('identityProviders.delMapper', { alias: 'outside', id });
    await walk.see('identityProviders.delMapper', { alias: 'outside', id }, { as: 'again' });
    await walk.see(
      'identityProviders.importFromUrl',
      { fromUrl: 'http://127.0.0.1:1/nothing', providerId: 'oidc' },
      { omit: ['error', 'error_description', 'errorMessage'] },
    );
    const [{ id: account }] = (await walk.prepare<[Named]>('clients.find', { clientId: 'account' })) as [Named];
    const { certificate } = await walk.prepare<{ certificate: string }>('clients.generateKey', { id: account, attr: 'jwt.credential' });
    await walk.see(
      'identityProviders.uploadCertificate',
      {},
      { body: formOf({ keystoreFormat: 'Certificate PEM', file: certificate }), only: (read) => Object.keys(read as object).sort() },
    );
    await walk.see(
      'identityProviders.uploadCertificate',
      {},
      { as: 'no file', body: formOf({ keystoreFormat: 'Certificate PEM' }), omit: ['error'] },
    );
    await walk.see(
      'identityProviders.uploadCertificate',
      {},
      {
        as: 'rubbish',
        body: formOf({ keystoreFormat: 'Certificate PEM', file: 'rubbish' }),
        omit: ['error', 'error_description', 'errorMessage'],
      },
    );
    await walk.see('identityProviders.listPermissions', { alias: 'outside' });
    await walk.see('identityProviders.updatePermission', { alias: 'outside' }, { body: { enabled: true } });
    await walk.see('identityProviders.reloadKeys', { alias: 'outside' });
    const { id: userId } = await walk.prepare<Named>('users.create', { username: 'ann', enabled: true });
    const link = { id: userId, federatedIdentityId: 'outside' };
    await walk.see('users.addToFederatedIdentity', {
      ...link,
      federatedIdentity: { identityProvider: 'outside', userId: '1', userName: 'ann' },
    });
    await walk.see('users.listFederatedIdentities', { id: userId });
    await walk.see('users.delFromFederatedIdentity', link);
    await walk.see('identityProviders.del', { alias: 'outside' });
    await walk.see('identityProviders.del', { alias: 'outside' }, { as: 'again' });
  }),

  'client policies': adminWalk('walk-policies', {}, async (walk) => {
    await walk.see('clientPolicies.listProfiles', { includeGlobalProfiles: false });
    await walk.see('clientPolicies.createProfiles', { profiles: [] });
    await walk.see('clientPolicies.listPolicies', { includeGlobalPolicies: false });
    await walk.see('clientPolicies.updatePolicy', { policies: [] });
  }),

  'what is switched off': adminWalk('walk-absent', { users: [{ username: 'ann', enabled: true }] }, async (walk) => {
    const [{ id }] = (await walk.prepare<[Named]>('users.find', { username: 'ann' })) as [Named];
    await walk.see('realms.getUsersManagementPermissions');
    await walk.see('realms.updateUsersManagementPermissions', { enabled: true });
    const org = { orgId: 'x', userId: id };
    for (const [call, payload, body] of [
      ['organizations.find', {}],
      ['organizations.findOne', { id: 'x' }],
      ['organizations.create', { name: 'acme', domains: [{ name: 'acme.org' }] }],
      ['organizations.updateById', { id: 'x' }, { name: 'acme' }],
      ['organizations.delById', { id: 'x' }],
      ['organizations.listMembers', org],
      ['organizations.addMember', org],
      ['organizations.getMember', org],
      ['organizations.delMember', org],
      ['organizations.invite', { orgId: 'x' }, formOf({ email: 'ann@shop.example' })],
      ['organizations.inviteExistingUser', { orgId: 'x' }, formOf({ id })],
      ['organizations.memberOrganizations', { userId: id }],
      ['organizations.listIdentityProviders', org],
      ['organizations.linkIdp', { orgId: 'x', alias: 'y' }],
      ['organizations.unLinkIdp', { orgId: 'x', alias: 'y' }],
      ['organizations.listInvitations', org],
      ['organizations.findInvitation', { orgId: 'x', invitationId: 'y' }],
      ['organizations.resendInvitation', { orgId: 'x', invitationId: 'y' }],
      ['organizations.deleteInvitation', { orgId: 'x', invitationId: 'y' }],
      ['groups.addMemberToOrgGroup', { groupId: 'x', userId: id }],
      ['groups.removeMemberFromOrgGroup', { groupId: 'x', userId: id }],
      ['groups.listOrgGroups', { id }],
      ['workflows.find', {}],
      ['workflows.findOne', { id: 'x' }],
      ['workflows.create', { name: 'x' }],
      ['workflows.createAsYaml', { yaml: 'name: x' }],
      ['workflows.update', { id: 'x' }, { name: 'x' }],
      ['workflows.delById', { id: 'x' }],
      ['workflows.scheduled', { userId: id }],
      ['userStorageProvider.name', { id: 'x' }],
      ['userStorageProvider.removeImportedUsers', { id: 'x' }],
      ['userStorageProvider.sync', { id: 'x', action: 'triggerFullSync' }],
      ['userStorageProvider.unlinkUsers', { id: 'x' }],
      ['userStorageProvider.mappersSync', { id: 'x', parentId: 'y', direction: 'keycloakToFed' }],
      ['users.listVerifiableCredentials', { id }],
      ['users.createVerifiableCredential', { id, credentialScopeName: 'x' }],
      ['users.updateVerifiableCredential', { id, credentialScopeName: 'x' }],
      ['users.revokeVerifiableCredential', { id, credentialScopeName: 'x' }],
      ['users.sendVerifiableCredentialOffer', { id }],
      ['users.listIssuedVerifiableCredentials', { id }],
      ['users.revokeIssuedVerifiableCredential', { id, credentialId: 'x' }],
      ['realms.testLDAPConnection', { action: 'testConnection', connectionUrl: 'ldap://127.0.0.1:1' }],
      ['realms.ldapServerCapabilities', { connectionUrl: 'ldap://127.0.0.1:1' }],
    ] as [string, object, object?][])
      await walk.see(call, payload as Readonly<Record<string, unknown>>, body === undefined ? {} : { body });
  }),

  'initial access': adminWalk('walk-initial-access', {}, async (walk) => {
    await walk.see(
      'realms.getClientRegistrationPolicyProviders',
      {},
      { only: (list) => (Array.isArray(list) ? (list as Named[]).map(({ id }) => id) : list) },
    );
    await walk.see('realms.getClientsInitialAccess');
    const made = await walk.see<Named>('realms.createClientsInitialAccess', {}, { body: { count: 2, expiration: 60 } });
    await walk.see('realms.createClientsInitialAccess', {}, { as: 'empty', body: {} });
    await walk.see('realms.createClientsInitialAccess', {}, { as: 'negative', body: { count: -1 } });
    await walk.see('realms.getClientsInitialAccess', {}, { as: 'made' });
    await walk.see('realms.delClientsInitialAccess', { id: made?.id ?? 'x' });
    await walk.see('realms.delClientsInitialAccess', { id: 'nothing' }, { as: 'nothing' });
    const [{ id }] = (await walk.prepare<[Named]>('clients.find', { clientId: 'account' })) as [Named];
    await walk.see(
      'clients.generateRegistrationAccessToken',
      { id },
      { only: (client) => Object.keys(client as object).filter((name) => name === 'registrationAccessToken' || name === 'clientId') },
    );
  }),
};

function formOf({ file, ...fields }: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (file !== undefined) form.set('file', new Blob([file]), 'file');
  return form;
}
