import type { Family } from '../walk.ts';
import { adminWalk } from './own-realm.ts';

type Named = { readonly id: string };
const realm = {
  roles: {
    realm: [{ name: 'seller', description: 'Sells', attributes: { colour: ['red'] } }, { name: 'chief' }],
    client: { shop: [{ name: 'opener' }, { name: 'closer' }] },
  },
  clients: [{ clientId: 'shop', secret: 'shop-secret' }],
  groups: [{ name: 'staff', attributes: { floor: ['1'] }, realmRoles: ['seller'], subGroups: [{ name: 'night' }, { name: 'day' }] }],
  users: [{ username: 'ann', enabled: true, groups: ['/staff'], realmRoles: ['seller'], clientRoles: { shop: ['opener'] } }],
};
const WHEN = { omit: ['createdTimestamp'] };

export const adminRolesAndGroups: Family = {
  roles: adminWalk('walk-roles', realm, async (walk) => {
    await walk.see('roles.find');
    await walk.see('roles.find', { search: 'sell', briefRepresentation: false }, { as: 'search' });
    await walk.see('roles.find', { first: 0, max: 1 }, { as: 'page', only: (list) => (list as unknown[]).length });
    await walk.see('roles.create', { name: 'buyer', description: 'Buys' });
    await walk.see('roles.create', { name: 'buyer' }, { as: 'taken' });
    await walk.see('roles.create', {}, { as: 'no name' });
    const seller = await walk.see<Named>('roles.findOneByName', { name: 'seller' });
    await walk.see('roles.findOneByName', { name: 'nothing' }, { as: 'nothing' });
    await walk.see('roles.updateByName', { name: 'seller' }, { body: { name: 'seller', description: 'Sells more' } });
    await walk.see('roles.updateByName', { name: 'nothing' }, { as: 'nothing', body: { name: 'nothing' } });
    await walk.see('roles.findUsersWithRole', { name: 'seller' }, WHEN);
    await walk.see('roles.findOneById', { id: seller.id });
    await walk.see('roles.findOneById', { id: 'nothing' }, { as: 'nothing' });
    await walk.see(
      'roles.updateById',
      { id: seller.id },
      { body: { name: 'seller', description: 'Sells', attributes: { colour: ['blue'] } } },
    );
    const chief = await walk.prepare<Named>('roles.findOneByName', { name: 'chief' });
    const [shop] = (await walk.prepare<[Named]>('clients.find', { clientId: 'shop' })) as [Named];
    const opener = await walk.prepare<Named>('clients.findRole', { id: shop.id, roleName: 'opener' });
    await walk.see('roles.createComposite', { roleId: chief.id }, { body: [{ id: seller.id }, { id: opener.id }] });
    await walk.see('roles.createComposite', { roleId: chief.id }, { as: 'nothing', body: [{ id: 'nothing' }] });
    await walk.see('roles.getCompositeRoles', { id: chief.id });
    await walk.see('roles.getCompositeRoles', { id: chief.id, search: 'sell', first: 0, max: 5 }, { as: 'search' });
    await walk.see('roles.getCompositeRolesForRealm', { id: chief.id });
    await walk.see('roles.getCompositeRolesForClient', { id: chief.id, clientId: shop.id });
    await walk.see('roles.findOneByName', { name: 'chief' }, { as: 'composite' });
    await walk.see('roles.delCompositeRoles', { id: chief.id }, { body: [{ id: seller.id }] });
    await walk.see('roles.delById', { id: chief.id });
    await walk.see('roles.delById', { id: chief.id }, { as: 'again' });
    await walk.see('roles.delByName', { name: 'buyer' });
    await walk.see('roles.delByName', { name: 'buyer' }, { as: 'again' });
    await walk.see('roles.delByName', { name: 'default-roles-walk-roles' }, { as: 'default role' });
    await walk.see('roles.listPermissions', { id: seller.id });
    await walk.see('roles.updatePermission', { id: seller.id }, { body: { enabled: true } });
  }),

  'roles of clients': adminWalk('walk-client-roles', realm, async (walk) => {
    const [{ id }] = (await walk.prepare<[Named]>('clients.find', { clientId: 'shop' })) as [Named];
    await walk.see('clients.listRoles', { id });
    await walk.see('clients.createRole', { id, name: 'watcher' });
    await walk.see('clients.createRole', { id, name: 'watcher' }, { as: 'taken' });
    await walk.see('clients.findRole', { id, roleName: 'opener' });
    await walk.see('clients.findRole', { id, roleName: 'nothing' }, { as: 'nothing' });
    await walk.see('clients.updateRole', { id, roleName: 'opener' }, { body: { name: 'opener', description: 'Opens' } });
    await walk.see('clients.findUsersWithRole', { id, roleName: 'opener' }, WHEN);
    await walk.see('clients.delRole', { id, roleName: 'watcher' });
    await walk.see('clients.delRole', { id, roleName: 'watcher' }, { as: 'again' });
  }),

  groups: adminWalk('walk-groups', realm, async (walk) => {
    const staff = (await walk.see<[Named]>('groups.find'))[0];
    await walk.see('groups.find', { search: 'night' }, { as: 'search' });
    await walk.see('groups.find', { briefRepresentation: false }, { as: 'whole' });
    await walk.see('groups.find', { search: 'nothing' }, { as: 'nothing' });
    await walk.see('groups.count');
    await walk.see('groups.count', { search: 'night' }, { as: 'search' });
    await walk.see('groups.count', { top: true }, { as: 'top' });
    const { id } = await walk.see<Named>('groups.create', { name: 'guests', attributes: { floor: ['2'] } });
    await walk.see('groups.create', { name: 'guests' }, { as: 'taken' });
    await walk.see('groups.create', {}, { as: 'no name' });
    await walk.see('groups.findOne', { id: staff.id });
    await walk.see('groups.findOne', { id: 'nothing' }, { as: 'nothing' });
    await walk.see('groups.update', { id }, { body: { name: 'visitors' } });
    await walk.see('groups.update', { id }, { as: 'taken', body: { name: 'staff' } });
    await walk.see('groups.update', { id: 'nothing' }, { as: 'nothing', body: { name: 'x' } });
    await walk.see('groups.listSubGroups', { parentId: staff.id, first: 0, max: 10, briefRepresentation: true });
    const child = await walk.see<Named>('groups.createChildGroup', { id: staff.id }, { body: { name: 'evening' } });
    await walk.see('groups.createChildGroup', { id: staff.id }, { as: 'taken', body: { name: 'evening' } });
    await walk.see('groups.updateChildGroup', { id }, { body: { id: child.id, name: 'evening' } });
    await walk.see('groups.updateRoot', { id: child.id, name: 'evening' });
    await walk.see('groups.listMembers', { id: staff.id }, WHEN);
    await walk.see('groups.listRoleMappings', { id: staff.id });
    const role = await walk.prepare<Named>('roles.findOneByName', { name: 'chief' });
    const [shop] = (await walk.prepare<[Named]>('clients.find', { clientId: 'shop' })) as [Named];
    const opener = await walk.prepare<Named>('clients.findRole', { id: shop.id, roleName: 'opener' });
    await walk.see('groups.addRealmRoleMappings', { id, roles: [{ id: role.id, name: 'chief' }] });
    await walk.see('groups.listRealmRoleMappings', { id });
    await walk.see('groups.listAvailableRealmRoleMappings', { id });
    await walk.see('groups.listCompositeRealmRoleMappings', { id });
    await walk.see('groups.delRealmRoleMappings', { id, roles: [{ id: role.id, name: 'chief' }] });
    const client = { id, clientUniqueId: shop.id };
    await walk.see('groups.listAvailableClientRoleMappings', client);
    await walk.see('groups.addClientRoleMappings', { ...client, roles: [{ id: opener.id, name: 'opener' }] });
    await walk.see('groups.listClientRoleMappings', client);
    await walk.see('groups.listCompositeClientRoleMappings', client);
    await walk.see('groups.delClientRoleMappings', { ...client, roles: [{ id: opener.id, name: 'opener' }] });
    await walk.see('groups.listPermissions', { id });
    await walk.see('groups.updatePermission', { id }, { body: { enabled: true } });
    await walk.see('groups.del', { id });
    await walk.see('groups.del', { id }, { as: 'again' });
    await walk.see('groups.find', {}, { as: 'at the end' });
  }),
};
