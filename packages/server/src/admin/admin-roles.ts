import type { Role } from '../model/index.ts';
import { managementRoles, masterClientOf, realmAdminRole, realmManagementClient } from '../realm/management-roles.ts';
import { masterRealm } from '../realm/realm-defaults.ts';
import type { AdminCall } from './admin-route.ts';
import { hasRole } from './administrator.ts';
import { forbidden } from './answers.ts';

/** Roles of master that administer the server. */
const masterRoles: ReadonlySet<string> = new Set(['admin', 'create-realm']);

/**
 * Nobody hands out more power than he has: roles that administer, also those that come with a composite, are given and taken only by who
 * has them. @throws ReplyError 403.
 */
export async function refuseForeignPower(call: AdminCall, roles: readonly Role[]): Promise<void> {
  const { directory } = call.context.state;
  const all = await directory.expandRoles(
    call.realm,
    roles.map((role) => role.id),
  );
  for (const role of all) if ((await isAdministrative(call, role)) && !(await has(call, role))) throw forbidden();
}

async function isAdministrative({ context, realm }: AdminCall, role: Role): Promise<boolean> {
  if (role.clientId === undefined) return realm.realm === masterRealm && masterRoles.has(role.name);
  const client = await context.state.directory.clientById(realm, role.clientId);
  if (client === undefined) return false;
  return realm.realm === masterRealm ? client.clientId.endsWith(masterClientOf('')) : client.clientId === realmManagementClient;
}

async function has({ context, admin, held, realm }: AdminCall, role: Role): Promise<boolean> {
  if (admin.realm.id === realm.id) return hasRole(context, admin, role);
  // An administrator of master has the same roles over the realm under the client that master keeps for it.
  return role.name === realmAdminRole ? Object.keys(managementRoles).every((name) => held.has(name)) : held.has(role.name);
}
