import type { Family } from '../walk.ts';
import { adminWalk } from './own-realm.ts';

type Named = { readonly id: string };
const realm = {
  roles: { realm: [{ name: 'seller' }], client: { shop: [{ name: 'opener' }] } },
  clients: [
    {
      clientId: 'shop',
      secret: 'shop-secret',
      serviceAccountsEnabled: true,
      redirectUris: ['http://localhost/callback'],
      fullScopeAllowed: false,
    },
    { clientId: 'other' },
  ],
  users: [{ username: 'ann', enabled: true, firstName: 'Ann', email: 'ann@example.org' }],
};
const mapper = {
  name: 'colour',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: { 'claim.name': 'colour', 'claim.value': 'green', 'jsonType.label': 'String', 'access.token.claim': 'true' },
};
const WHEN = { omit: ['createdTimestamp', 'client.secret.creation.time'] };

export const adminClients: Family = {
  clients: adminWalk('walk-clients', realm, async (walk) => {
    await walk.see('clients.find', {}, { only: (list) => (list as { clientId: string }[]).map(({ clientId }) => clientId) });
    const [{ id }] = (await walk.see<[Named]>('clients.find', { clientId: 'shop' }, { as: 'by clientId', ...WHEN })) as [Named];
    await walk.see('clients.find', { clientId: 'sho', search: true }, { as: 'search', only: (list) => (list as unknown[]).length });
    const made = await walk.see<Named>('clients.create', {
      clientId: 'kiosk',
      publicClient: true,
      redirectUris: ['http://localhost/*'],
      webOrigins: ['+'],
    });
    await walk.see('clients.create', { clientId: 'kiosk' }, { as: 'taken' });
    await walk.see('clients.create', { clientId: 'bad', redirectUris: ['javascript:alert(1)'] }, { as: 'bad redirect' });
    await walk.see('clients.findOne', { id: made.id }, WHEN);
    await walk.see('clients.findOne', { id: 'nothing' }, { as: 'nothing' });
    await walk.see(
      'clients.update',
      { id: made.id },
      { body: { clientId: 'kiosk', name: 'Kiosk', attributes: { 'pkce.code.challenge.method': 'S256' } } },
    );
    await walk.see('clients.update', { id: made.id }, { as: 'taken', body: { clientId: 'shop' } });
    await walk.see('clients.update', { id: 'nothing' }, { as: 'nothing', body: { clientId: 'x' } });
    await walk.see('clients.findOne', { id: made.id }, { as: 'updated', ...WHEN });
    await walk.see('clients.getClientSecret', { id });
    await walk.see('clients.generateNewClientSecret', { id });
    await walk.see('clients.invalidateSecret', { id });
    await walk.see('clients.getServiceAccountUser', { id }, WHEN);
    await walk.see('clients.getServiceAccountUser', { id: made.id }, { as: 'none' });
    await walk.see('clients.getInstallationProviders', { id, providerId: 'keycloak-oidc-keycloak-json' });
    await walk.see('clients.getInstallationProviders', { id, providerId: 'nothing' }, { as: 'nothing' });
    await walk.see('clients.pushRevocation', { id });
    await walk.see('clients.listFineGrainPermissions', { id });
    await walk.see('clients.updateFineGrainPermission', { id }, { body: { enabled: true } });
    await walk.see('clients.del', { id: made.id });
    await walk.see('clients.del', { id: made.id }, { as: 'again' });
    const [management] = (await walk.prepare<[Named]>('clients.find', { clientId: 'realm-management' })) as [Named];
    await walk.see('clients.del', { id: management.id }, { as: 'management' });
  }),

  'scopes and mappers': adminWalk('walk-client-scopes-of', realm, async (walk) => {
    const [{ id }] = (await walk.prepare<[Named]>('clients.find', { clientId: 'shop' })) as [Named];
    const [other] = (await walk.prepare<[Named]>('clients.find', { clientId: 'account' })) as [Named];
    await walk.see('clients.listDefaultClientScopes', { id });
    const optional = (await walk.see<(Named & { name: string })[]>('clients.listOptionalClientScopes', { id })).find(
      ({ name }) => name === 'phone',
    );
    const scope = { id, clientScopeId: optional?.id };
    await walk.see('clients.delOptionalClientScope', scope);
    await walk.see('clients.addDefaultClientScope', scope);
    await walk.see(
      'clients.listDefaultClientScopes',
      { id },
      { as: 'one more', only: (list) => (list as { name: string }[]).map(({ name }) => name) },
    );
    await walk.see('clients.delDefaultClientScope', scope);
    await walk.see('clients.addOptionalClientScope', scope);
    await walk.see('clients.addOptionalClientScope', { id, clientScopeId: 'nothing' }, { as: 'nothing' });
    await walk.see('clients.addProtocolMapper', { id }, { body: mapper });
    await walk.see('clients.addProtocolMapper', { id }, { as: 'taken', body: mapper });
    await walk.see('clients.addMultipleProtocolMappers', { id }, { body: [{ ...mapper, name: 'shade' }] });
    const [first] = (await walk.see<[Named]>('clients.listProtocolMappers', { id })) as [Named];
    await walk.see('clients.findProtocolMapperById', { id, mapperId: first.id });
    await walk.see('clients.findProtocolMapperById', { id, mapperId: 'nothing' }, { as: 'nothing' });
    await walk.see('clients.findProtocolMappersByProtocol', { id, protocol: 'openid-connect' });
    await walk.see(
      'clients.updateProtocolMapper',
      { id, mapperId: first.id },
      { body: { ...mapper, id: first.id, config: { ...mapper.config, 'claim.value': 'blue' } } },
    );
    await walk.see('clients.delProtocolMapper', { id, mapperId: first.id });
    await walk.see('clients.delProtocolMapper', { id, mapperId: first.id }, { as: 'again' });

    const role = await walk.prepare<Named>('roles.findOneByName', { name: 'seller' });
    const viewer = await walk.prepare<Named>('clients.findRole', { id: other.id, roleName: 'view-profile' });
    await walk.see('clients.listScopeMappings', { id });
    await walk.see('clients.listAvailableRealmScopeMappings', { id });
    await walk.see('clients.addRealmScopeMappings', { id }, { body: [{ id: role.id, name: 'seller' }] });
    await walk.see('clients.listRealmScopeMappings', { id });
    await walk.see('clients.listCompositeRealmScopeMappings', { id });
    const client = { id, client: other.id };
    await walk.see('clients.listAvailableClientScopeMappings', client);
    await walk.see('clients.addClientScopeMappings', client, { body: [{ id: viewer.id, name: 'view-profile' }] });
    await walk.see('clients.listClientScopeMappings', client);
    await walk.see('clients.listCompositeClientScopeMappings', client);
    await walk.see('clients.listScopeMappings', { id }, { as: 'both' });
    await walk.see('clients.delClientScopeMappings', client, { body: [{ id: viewer.id, name: 'view-profile' }] });
    await walk.see('clients.delRealmScopeMappings', { id }, { body: [{ id: role.id, name: 'seller' }] });

    const [{ id: userId }] = (await walk.prepare<[Named]>('users.find', { username: 'ann' })) as [Named];
    await walk.see('clients.evaluatePermission', { id, roleContainer: 'walk-client-scopes-of', type: 'granted', scope: 'openid' });
    await walk.see(
      'clients.evaluatePermission',
      { id, roleContainer: other.id, type: 'not-granted', scope: 'openid' },
      { as: 'of a client' },
    );
    await walk.see('clients.evaluateListProtocolMapper', { id, scope: 'openid' });
    await walk.see('clients.evaluateGenerateAccessToken', { id, scope: 'openid', userId });
    await walk.see('clients.evaluateGenerateIdToken', { id, scope: 'openid', userId });
    await walk.see('clients.evaluateGenerateUserInfo', { id, scope: 'openid', userId });
    await walk.see('clients.evaluateGenerateSamlResponse', { id, scope: 'openid', userId });
  }),

  'certificates and nodes': adminWalk('walk-certificates', realm, async (walk) => {
    const [{ id }] = (await walk.prepare<[Named]>('clients.find', { clientId: 'shop' })) as [Named];
    const key = { id, attr: 'jwt.credential' };
    const omit = { omit: ['certificate', 'publicKey', 'privateKey'] };
    await walk.see('clients.getKeyInfo', key);
    const store = { keyAlias: 'shop', keyPassword: 'store-password', storePassword: 'store-password', realmAlias: 'realm' };
    await walk.see('clients.downloadKey', key, { as: 'nothing there', body: { format: 'JKS', ...store } });
    await walk.see('clients.generateKey', key, { only: (made) => lengths(made) });
    await walk.see('clients.getKeyInfo', key, { as: 'generated', only: (made) => lengths(made) });
    for (const format of ['JKS', 'PKCS12']) {
      await walk.see('clients.downloadKey', key, { as: format, body: { format, ...store } });
      await walk.see('clients.generateAndDownloadKey', key, { as: format, body: { format, ...store } });
    }
    await walk.see('clients.getKeyInfo', key, { as: 'handed out', only: (made) => Object.keys(made as object).sort() });
    await walk.see('clients.downloadKey', key, {
      as: 'unknown format',
      body: { format: 'ZIP', ...store },
      omit: ['error', 'error_description'],
    });
    await walk.see('clients.downloadKey', key, { as: 'no password', body: { format: 'JKS', keyAlias: 'shop' } });
    const certificate = await walk.prepare<{ certificate: string }>('clients.getKeyInfo', key);
    await walk.see('clients.uploadCertificate', key, { body: form('Certificate PEM', certificate.certificate), ...omit });
    await walk.see('clients.uploadKey', key, { body: form('Certificate PEM', certificate.certificate), ...omit });
    await walk.see('clients.getKeyInfo', key, { as: 'uploaded', only: (made) => Object.keys(made as object).sort() });
    await walk.see('clients.uploadCertificate', key, {
      as: 'rubbish',
      body: form('Certificate PEM', 'rubbish'),
      omit: ['error', 'error_description', 'errorMessage'],
    });
    await walk.see('clients.getKeyInfo', { id: 'nothing', attr: 'jwt.credential' }, { as: 'nothing' });
    await walk.see('clients.testNodesAvailable', { id });
    await walk.see('clients.addClusterNode', { id, node: '127.0.0.1' });
    await walk.see('clients.addClusterNode', { id }, { as: 'no name' });
    await walk.see(
      'clients.findOne',
      { id },
      { as: 'with a node', only: (client) => Object.keys((client as { registeredNodes?: object }).registeredNodes ?? {}) },
    );
    await walk.see('clients.deleteClusterNode', { id, node: '127.0.0.1' });
    await walk.see('clients.deleteClusterNode', { id, node: '127.0.0.1' }, { as: 'again' });
  }),
};

function form(format: string, file: string): FormData {
  const data = new FormData();
  data.set('keystoreFormat', format);
  data.set('file', new Blob([file]), 'file');
  return data;
}

/** Members, and whether each is a long text: the material itself is random. */
function lengths(made: unknown): unknown {
  return Object.fromEntries(
    Object.entries(made as object).map(([name, value]) => [name, typeof value === 'string' && value.length > 100 ? 'long' : 'short']),
  );
}
