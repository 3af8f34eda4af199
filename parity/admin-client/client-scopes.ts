import type { Family } from '../walk.ts';
import { adminWalk } from './own-realm.ts';

type Named = { readonly id: string };
const mapper = {
  name: 'colour',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-usermodel-attribute-mapper',
  config: { 'user.attribute': 'colour', 'claim.name': 'colour', 'jsonType.label': 'String', 'access.token.claim': 'true' },
};

export const adminClientScopes: Family = {
  'client scopes': adminWalk('walk-scopes', { roles: { realm: [{ name: 'seller' }] } }, async (walk) => {
    await walk.see('clientScopes.find', {}, { only: (list) => (list as { name: string }[]).map(({ name }) => name) });
    const { id } = await walk.see<Named>('clientScopes.create', {
      name: 'colours',
      protocol: 'openid-connect',
      description: 'Colours',
      attributes: { 'include.in.token.scope': 'true' },
    });
    await walk.see('clientScopes.create', { name: 'colours', protocol: 'openid-connect' }, { as: 'taken' });
    await walk.see('clientScopes.create', { name: 'bad name', protocol: 'openid-connect' }, { as: 'bad name' });
    await walk.see('clientScopes.findOne', { id });
    await walk.see('clientScopes.findOne', { id: 'nothing' }, { as: 'nothing' });
    await walk.see('clientScopes.update', { id }, { body: { name: 'colours', description: 'All colours' } });
    await walk.see('clientScopes.update', { id }, { as: 'taken', body: { name: 'phone' } });
    await walk.see('clientScopes.update', { id: 'nothing' }, { as: 'nothing', body: { name: 'x' } });
    const names = { only: (list: unknown) => (list as { name: string }[]).map(({ name }) => name) };
    await walk.see('clientScopes.listDefaultClientScopes');
    await walk.see('clientScopes.addDefaultClientScope', { id });
    await walk.see('clientScopes.addDefaultClientScope', { id: 'nothing' }, { as: 'nothing' });
    await walk.see('clientScopes.listDefaultClientScopes', {}, { as: 'one more', ...names });
    await walk.see('clientScopes.delDefaultClientScope', { id });
    await walk.see('clientScopes.listDefaultOptionalClientScopes');
    await walk.see('clientScopes.addDefaultOptionalClientScope', { id });
    await walk.see('clientScopes.listDefaultOptionalClientScopes', {}, { as: 'one more', ...names });
    await walk.see('clientScopes.delDefaultOptionalClientScope', { id });
    await walk.see('clientScopes.addProtocolMapper', { id }, { body: mapper });
    await walk.see('clientScopes.addProtocolMapper', { id }, { as: 'taken', body: mapper });
    await walk.see(
      'clientScopes.addProtocolMapper',
      { id },
      { as: 'unknown kind', body: { ...mapper, name: 'x', protocolMapper: 'nothing' } },
    );
    await walk.see('clientScopes.addMultipleProtocolMappers', { id }, { body: [{ ...mapper, name: 'shade' }] });
    const [first] = (await walk.see<[Named]>('clientScopes.listProtocolMappers', { id })) as [Named];
    await walk.see('clientScopes.findProtocolMapper', { id, mapperId: first.id });
    await walk.see('clientScopes.findProtocolMapper', { id, mapperId: 'nothing' }, { as: 'nothing' });
    await walk.see('clientScopes.findProtocolMappersByProtocol', { id, protocol: 'openid-connect' });
    await walk.see('clientScopes.updateProtocolMapper', { id, mapperId: first.id }, { body: { ...mapper, id: first.id } });
    await walk.see('clientScopes.delProtocolMapper', { id, mapperId: first.id });
    await walk.see('clientScopes.delProtocolMapper', { id, mapperId: first.id }, { as: 'again' });
    const [account] = (await walk.prepare<[Named]>('clients.find', { clientId: 'account' })) as [Named];
    const viewer = await walk.prepare<Named>('clients.findRole', { id: account.id, roleName: 'view-profile' });
    const role = await walk.prepare<Named>('roles.findOneByName', { name: 'seller' });
    await walk.see('clientScopes.listScopeMappings', { id });
    await walk.see('clientScopes.listAvailableRealmScopeMappings', { id });
    await walk.see('clientScopes.addRealmScopeMappings', { id }, { body: [{ id: role.id, name: 'seller' }] });
    await walk.see('clientScopes.listRealmScopeMappings', { id });
    await walk.see('clientScopes.listCompositeRealmScopeMappings', { id });
    const client = { id, client: account.id };
    await walk.see('clientScopes.listAvailableClientScopeMappings', client);
    await walk.see('clientScopes.addClientScopeMappings', client, { body: [{ id: viewer.id, name: 'view-profile' }] });
    await walk.see('clientScopes.listClientScopeMappings', client);
    await walk.see('clientScopes.listCompositeClientScopeMappings', client);
    await walk.see('clientScopes.listScopeMappings', { id }, { as: 'both' });
    await walk.see('clientScopes.delClientScopeMappings', client, { body: [{ id: viewer.id, name: 'view-profile' }] });
    await walk.see('clientScopes.delRealmScopeMappings', { id }, { body: [{ id: role.id, name: 'seller' }] });
    await walk.see('clientScopes.del', { id });
    await walk.see('clientScopes.del', { id }, { as: 'again' });
  }),
};
