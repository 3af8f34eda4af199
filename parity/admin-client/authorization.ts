import type { Family } from '../walk.ts';
import { adminWalk } from './own-realm.ts';

type Named = { readonly id: string; readonly _id?: string };
const realm = {
  roles: { realm: [{ name: 'seller' }] },
  clients: [{ clientId: 'shop', secret: 'shop-secret', serviceAccountsEnabled: true, authorizationServicesEnabled: true }],
  users: [{ username: 'ann', enabled: true, realmRoles: ['seller'] }],
};

export const adminAuthorization: Family = {
  'resource server': adminWalk('walk-authorization', realm, async (walk) => {
    const [{ id }] = (await walk.prepare<[Named]>('clients.find', { clientId: 'shop' })) as [Named];
    const [{ id: userId }] = (await walk.prepare<[Named]>('users.find', { username: 'ann' })) as [Named];
    const role = await walk.prepare<Named>('roles.findOneByName', { name: 'seller' });
    await walk.see('clients.getResourceServer', { id });
    await walk.see(
      'clients.updateResourceServer',
      { id },
      { body: { policyEnforcementMode: 'PERMISSIVE', decisionStrategy: 'AFFIRMATIVE', allowRemoteResourceManagement: true } },
    );
    await walk.see('clients.exportResource', { id });
    await walk.see(
      'clients.importResource',
      { id },
      {
        body: {
          allowRemoteResourceManagement: true,
          policyEnforcementMode: 'ENFORCING',
          decisionStrategy: 'UNANIMOUS',
          resources: [],
          policies: [],
          scopes: [],
        },
      },
    );
    const scope = await walk.see<Named>('clients.createAuthorizationScope', { id }, { body: { name: 'open' } });
    await walk.see('clients.updateAuthorizationScope', { id, scopeId: scope.id }, { body: { id: scope.id, name: 'opens' } });
    await walk.see('clients.getAuthorizationScope', { id, scopeId: scope.id });
    await walk.see('clients.listAllScopes', { id, deep: false });
    const resource = await walk.see<Named>(
      'clients.createResource',
      { id },
      { body: { name: 'till', uris: ['/till'], scopes: [{ name: 'opens' }], ownerManagedAccess: false, attributes: {} } },
    );
    const resourceId = resource._id ?? '';
    await walk.see(
      'clients.createResource',
      { id },
      { as: 'taken', body: { name: 'till', uris: [], ownerManagedAccess: false, attributes: {} } },
    );
    await walk.see('clients.getResource', { id, resourceId });
    await walk.see(
      'clients.updateResource',
      { id, resourceId },
      { body: { name: 'till', displayName: 'Till', uris: ['/till/*'], scopes: [{ name: 'opens' }] } },
    );
    await walk.see('clients.listResources', { id });
    await walk.see('clients.listAllResourcesByScope', { id, scopeId: scope.id });
    await walk.see('clients.listScopesByResource', { id, resourceName: resourceId });
    await walk.see('clients.listPolicyProviders', { id }, { only: (list) => (list as { type: string }[]).map(({ type }) => type) });
    const policy = await walk.see<Named>(
      'clients.createPolicy',
      { id, type: 'role' },
      { body: { name: 'sellers', roles: [{ id: role.id, required: true }] } },
    );
    await walk.see('clients.createPolicy', { id, type: 'role' }, { as: 'taken', body: { name: 'sellers', roles: [] } });
    await walk.see(
      'clients.updatePolicy',
      { id, type: 'role', policyId: policy.id },
      { body: { name: 'sellers', description: 'Who sells', roles: [{ id: role.id, required: true }] } },
    );
    await walk.see('clients.findOnePolicyWithType', { id, type: 'role', policyId: policy.id });
    await walk.see('clients.findOnePolicy', { id, policyId: policy.id });
    await walk.see('clients.findPolicyByName', { id, name: 'sellers' });
    await walk.see('clients.listPolicies', { id, permission: 'false' });
    const permission = await walk.see<Named>(
      'clients.createPermission',
      { id, type: 'scope' },
      { body: { name: 'opening', resources: [resourceId], scopes: [scope.id], policies: [policy.id] } },
    );
    const permissionId = permission.id;
    await walk.see('clients.findOnePermission', { id, type: 'scope', permissionId });
    await walk.see(
      'clients.updatePermission',
      { id, type: 'scope', permissionId },
      { body: { name: 'opening', description: 'Of tills', resources: [resourceId], scopes: [scope.id], policies: [policy.id] } },
    );
    await walk.see('clients.findPermissions', { id });
    await walk.see('clients.listPermissionScope', { id });
    await walk.see('clients.listAllPermissionsByScope', { id, scopeId: scope.id });
    await walk.see('clients.listPermissionsByResource', { id, resourceId });
    await walk.see('clients.getAssociatedScopes', { id, permissionId });
    await walk.see('clients.getAssociatedResources', { id, permissionId });
    await walk.see('clients.getAssociatedPolicies', { id, permissionId });
    await walk.see('clients.listDependentPolicies', { id, policyId: policy.id });
    await walk.see(
      'clients.evaluateResource',
      { id },
      {
        body: { userId, roleIds: [], resources: [], entitlements: false, context: { attributes: {} } },
        only: (answer) => (answer as { status: string }).status,
      },
    );
    await walk.see('clients.delPermission', { id, type: 'scope', permissionId });
    await walk.see('clients.delPolicy', { id, policyId: policy.id });
    await walk.see('clients.delResource', { id, resourceId });
    await walk.see('clients.delAuthorizationScope', { id, scopeId: scope.id });
    await walk.see('clients.delAuthorizationScope', { id, scopeId: scope.id }, { as: 'again' });
  }),
};
