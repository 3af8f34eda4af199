/** Roles of a realm's management client -> the roles of the same client that each one brings along. */
export const managementRoles: Readonly<Record<string, readonly string[]>> = {
  'create-client': [],
  impersonation: [],
  'manage-authorization': [],
  'manage-clients': [],
  'manage-events': [],
  'manage-identity-providers': [],
  'manage-organizations': [],
  'manage-realm': [],
  'manage-users': [],
  'query-clients': [],
  'query-groups': [],
  'query-organizations': [],
  'query-realms': [],
  'query-users': [],
  'view-authorization': [],
  'view-clients': ['query-clients'],
  'view-events': [],
  'view-identity-providers': [],
  'view-organizations': ['query-organizations'],
  'view-realm': [],
  'view-users': ['query-groups', 'query-users'],
};

/** In realm-management of every realm but master: everything. */
export const realmAdminRole = 'realm-admin';
export const realmManagementClient = 'realm-management';

/** The client in master whose roles administer `realm`. */
export function masterClientOf(realm: string): string {
  return `${realm}-realm`;
}
