import type { managementRoles } from '../realm/management-roles.ts';

/** Name of a realm-management role. */
type RoleName = keyof typeof managementRoles & string;

/** All lines must be met; a line is met by any one of its roles. `realm-admin` and master's `admin` have every role. */
export type Requirement = readonly (readonly RoleName[])[];

export const viewRealm = ['view-realm', 'manage-realm'];
export const viewUsers = ['view-users', 'manage-users'];
export const viewClients = ['view-clients', 'manage-clients'];
export const viewEvents = ['view-events', 'manage-events'];

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
export const realmView: Requirement = [viewRealm];
/** Who shows clients or users needs to know of flows and actions. */
export const flowView: Requirement = [[...viewRealm, ...viewClients]];
export const actionView: Requirement = [[...viewRealm, ...viewUsers, 'query-users']];
export const realmManage: Requirement = [['manage-realm']];
export const userView: Requirement = [viewUsers];
export const userQuery: Requirement = [['query-users', ...viewUsers]];
export const userManage: Requirement = [['manage-users']];
export const groupQuery: Requirement = [['query-groups', ...viewUsers]];
export const clientView: Requirement = [viewClients];
export const clientQuery: Requirement = [['query-clients', ...viewClients]];
export const clientManage: Requirement = [['manage-clients']];
export const authorizationView: Requirement = [['view-authorization', 'manage-authorization']];
export const authorizationEvaluate: Requirement = [...authorizationView, viewUsers];
export const authorizationManage: Requirement = [['manage-authorization']];
export const providerView: Requirement = [['view-identity-providers', 'manage-identity-providers']];
export const providerManage: Requirement = [['manage-identity-providers']];
export const usersOfRealmRole: Requirement = [viewRealm, viewUsers];
export const usersOfClientRole: Requirement = [viewClients, viewUsers];

/** Whether the roles meet the requirement. */
export function isMet(requirement: Requirement, held: ReadonlySet<string>): boolean {
  return requirement.every((line) => line.some((role) => held.has(role)));
}
