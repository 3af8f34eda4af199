import type { Family } from '../walk.ts';
import { adminAuthentication } from './authentication.ts';
import { adminAuthorization } from './authorization.ts';
import { adminBadInput } from './bad-input.ts';
import { adminClientScopes } from './client-scopes.ts';
import { adminClients } from './clients.ts';
import { adminProviders } from './components-and-providers.ts';
import { adminRealms } from './realms.ts';
import { adminRolesAndGroups } from './roles-and-groups.ts';
import { adminUsers } from './users.ts';

/** Walks over every call of the published client of Admin REST. */
export const adminFamilies: Readonly<Record<string, Family>> = {
  'admin-authentication': adminAuthentication,
  'admin-authorization': adminAuthorization,
  'admin-bad-input': adminBadInput,
  'admin-client-scopes': adminClientScopes,
  'admin-clients': adminClients,
  'admin-providers': adminProviders,
  'admin-realms': adminRealms,
  'admin-roles-and-groups': adminRolesAndGroups,
  'admin-users': adminUsers,
};
