import type { managementRoles } from '../realm/management-roles.ts';

/** Name of a realm-management role. */
type RoleName = keyof typeof managementRoles & string;

/** All lines must be met; a line is met by any one of its roles. `realm-admin` and master's `admin` have every role. */
export type Requirement = readonly (readonly RoleName[])[];

const viewRealm = ['view-realm', 'manage-realm'];
const viewUsers = ['view-users', 'manage-users'];
const viewClients = ['view-clients', 'manage-clients'];
const viewEvents = ['view-events', 'manage-events'];

/** Whoever administers anything at all in the realm; to impersonate is no administration. */
export const anyAdministrator: Requirement = [
  ['manage', 'view', 'query']
    .flatMap((verb) => [
      ...(verb === 'query' ? [] : ['authorization', 'events', 'identity-providers'].map((area) => `${verb}-${area}`)),
      ...['clients', 'organizations', 'users'].map((area) => `${verb}-${area}`),
      ...(verb === 'query' ? ['query-realms', 'query-groups'] : [`${verb}-realm`]),
    ])
    .concat('create-client'),
];
const realmView: Requirement = [viewRealm];
const realmManage: Requirement = [['manage-realm']];
const userView: Requirement = [viewUsers];
const userQuery: Requirement = [['query-users', ...viewUsers]];
const userManage: Requirement = [['manage-users']];
const groupQuery: Requirement = [['query-groups', ...viewUsers]];
const clientView: Requirement = [viewClients];
const clientQuery: Requirement = [['query-clients', ...viewClients]];
const clientManage: Requirement = [['manage-clients']];
const usersOfRealmRole: Requirement = [viewRealm, viewUsers];
const usersOfClientRole: Requirement = [viewClients, viewUsers];

const protocolMappers = (base: string) =>
  ({
    [`GET ${base}/protocol-mappers/models`]: clientView,
    [`POST ${base}/protocol-mappers/models`]: clientManage,
    [`POST ${base}/protocol-mappers/add-models`]: clientManage,
    [`GET ${base}/protocol-mappers/models/:mapperId`]: clientView,
    [`PUT ${base}/protocol-mappers/models/:mapperId`]: clientManage,
    [`DELETE ${base}/protocol-mappers/models/:mapperId`]: clientManage,
    [`GET ${base}/protocol-mappers/protocol/:protocol`]: clientView,
  }) as const;

const roleLists = (base: string, view: Requirement, manage: Requirement, viewOfClient: Requirement = view) =>
  ({
    [`GET ${base}`]: view,
    [`GET ${base}/realm`]: view,
    [`GET ${base}/realm/available`]: view,
    [`GET ${base}/realm/composite`]: view,
    [`POST ${base}/realm`]: manage,
    [`DELETE ${base}/realm`]: manage,
    [`GET ${base}/clients/:container`]: viewOfClient,
    [`GET ${base}/clients/:container/available`]: view,
    [`GET ${base}/clients/:container/composite`]: viewOfClient,
    [`POST ${base}/clients/:container`]: manage,
    [`DELETE ${base}/clients/:container`]: manage,
  }) as const;

const rolesByName = (base: string, view: Requirement, list: Requirement, manage: Requirement, members: Requirement) =>
  ({
    [`GET ${base}`]: list,
    [`POST ${base}`]: manage,
    [`GET ${base}/:roleName`]: view,
    [`PUT ${base}/:roleName`]: manage,
    [`DELETE ${base}/:roleName`]: manage,
    ...composites(`${base}/:roleName`, view, manage),
    [`GET ${base}/:roleName/users`]: members,
    [`GET ${base}/:roleName/groups`]: members,
  }) as const;

const composites = (base: string, view: Requirement, manage: Requirement) =>
  ({
    [`GET ${base}/composites`]: view,
    [`POST ${base}/composites`]: manage,
    [`DELETE ${base}/composites`]: manage,
    [`GET ${base}/composites/realm`]: view,
    [`GET ${base}/composites/clients/:container`]: view,
  }) as const;

/** Endpoint below /admin/realms/{realm} -> what it takes. An endpoint that does not stand here cannot be declared. */
export const endpointPermissions: Readonly<Record<string, Requirement>> = {
  'GET ': anyAdministrator,
  'PUT ': realmManage,
  'DELETE ': realmManage,
  'GET /keys': realmView,
  'GET /components': realmView,
  'POST /components': realmManage,
  'GET /components/:componentId': realmView,
  'PUT /components/:componentId': realmManage,
  'DELETE /components/:componentId': realmManage,
  'GET /components/:componentId/sub-component-types': realmView,
  'GET /client-session-stats': realmView,
  'POST /logout-all': userManage,
  'POST /push-revocation': realmManage,
  'DELETE /sessions/:sessionId': userManage,
  'POST /clear-realm-cache': realmManage,
  'POST /clear-user-cache': realmManage,
  'POST /clear-keys-cache': realmManage,
  'POST /clear-crl-cache': realmManage,
  'GET /events/config': [viewEvents],
  'GET /default-groups': realmView,
  'PUT /default-groups/:groupId': realmManage,
  'DELETE /default-groups/:groupId': realmManage,
  'GET /attack-detection/brute-force/users/:userId': userView,
  'DELETE /attack-detection/brute-force/users/:userId': userManage,
  'DELETE /attack-detection/brute-force/users': userManage,

  'GET /clients': clientQuery,
  'POST /clients': clientManage,
  'GET /clients/:clientUuid': clientView,
  'PUT /clients/:clientUuid': clientManage,
  'DELETE /clients/:clientUuid': clientManage,
  'GET /clients/:clientUuid/client-secret': clientView,
  'POST /clients/:clientUuid/client-secret': clientManage,
  'GET /clients/:clientUuid/service-account-user': clientView,
  'GET /clients/:clientUuid/session-count': clientView,
  'GET /clients/:clientUuid/offline-session-count': clientView,
  'GET /clients/:clientUuid/user-sessions': clientView,
  'GET /clients/:clientUuid/offline-sessions': clientView,
  'POST /clients/:clientUuid/push-revocation': clientManage,
  'GET /clients/:clientUuid/default-client-scopes': clientView,
  'PUT /clients/:clientUuid/default-client-scopes/:scopeId': clientManage,
  'DELETE /clients/:clientUuid/default-client-scopes/:scopeId': clientManage,
  'GET /clients/:clientUuid/optional-client-scopes': clientView,
  'PUT /clients/:clientUuid/optional-client-scopes/:scopeId': clientManage,
  'DELETE /clients/:clientUuid/optional-client-scopes/:scopeId': clientManage,
  ...protocolMappers('/clients/:clientUuid'),
  ...roleLists('/clients/:clientUuid/scope-mappings', clientView, clientManage),
  ...rolesByName('/clients/:clientUuid/roles', clientView, clientView, clientManage, usersOfClientRole),

  'GET /client-scopes': clientQuery,
  'POST /client-scopes': clientManage,
  'GET /client-scopes/:scopeId': clientView,
  'PUT /client-scopes/:scopeId': clientManage,
  'DELETE /client-scopes/:scopeId': clientManage,
  ...protocolMappers('/client-scopes/:scopeId'),
  ...roleLists('/client-scopes/:scopeId/scope-mappings', clientView, clientManage),
  'GET /default-default-client-scopes': clientView,
  'PUT /default-default-client-scopes/:scopeId': clientManage,
  'DELETE /default-default-client-scopes/:scopeId': clientManage,
  'GET /default-optional-client-scopes': clientView,
  'PUT /default-optional-client-scopes/:scopeId': clientManage,
  'DELETE /default-optional-client-scopes/:scopeId': clientManage,

  'GET /users': userQuery,
  'GET /users/count': userQuery,
  'POST /users': userManage,
  'GET /users/:userId': userView,
  'PUT /users/:userId': userManage,
  'DELETE /users/:userId': userManage,
  'PUT /users/:userId/reset-password': userManage,
  'GET /users/:userId/credentials': userView,
  'DELETE /users/:userId/credentials/:credentialId': userManage,
  'PUT /users/:userId/credentials/:credentialId/userLabel': userManage,
  'GET /users/:userId/configured-user-storage-credential-types': userView,
  'GET /users/:userId/groups': userView,
  'GET /users/:userId/groups/count': userView,
  'PUT /users/:userId/groups/:groupId': userManage,
  'DELETE /users/:userId/groups/:groupId': userManage,
  'GET /users/:userId/sessions': userView,
  'GET /users/:userId/offline-sessions/:clientUuid': userView,
  'POST /users/:userId/logout': userManage,
  'GET /users/:userId/consents': userView,
  'GET /users/:userId/federated-identity': userView,
  ...roleLists('/users/:userId/role-mappings', userView, userManage, [viewUsers, viewClients]),

  ...rolesByName('/roles', realmView, [['manage-identity-providers', ...viewRealm]], realmManage, usersOfRealmRole),
  'GET /roles-by-id/:roleId': anyAdministrator,
  'PUT /roles-by-id/:roleId': anyAdministrator,
  'DELETE /roles-by-id/:roleId': anyAdministrator,
  ...composites('/roles-by-id/:roleId', anyAdministrator, anyAdministrator),

  'GET /groups': groupQuery,
  'GET /groups/count': groupQuery,
  'POST /groups': userManage,
  'GET /groups/:groupId': userView,
  'PUT /groups/:groupId': userManage,
  'DELETE /groups/:groupId': userManage,
  'GET /groups/:groupId/children': userView,
  'POST /groups/:groupId/children': userManage,
  'GET /groups/:groupId/members': userView,
  'GET /group-by-path/*': userView,
  ...roleLists('/groups/:groupId/role-mappings', userView, userManage, [viewUsers, viewClients]),
};

/** What a role asked for by its id takes: the rights over what contains it. */
export const roleByIdPermissions = {
  view: { realm: realmView, client: clientView },
  manage: { realm: realmManage, client: clientManage },
} as const;

/** Whether the roles meet the requirement. */
export function isMet(requirement: Requirement, held: ReadonlySet<string>): boolean {
  return requirement.every((line) => line.some((role) => held.has(role)));
}
