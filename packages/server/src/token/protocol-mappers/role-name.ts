import { ACCESS_TARGETS, type ProtocolMapperKind } from './mapper.ts';
import { addRole, removeRole, splitRole } from './role-reference.ts';

/** Shows a role under another name (`role` -> `new.role.name`), which may also move it to another client or the realm. */
export const roleNameMapper: ProtocolMapperKind = {
  id: 'oidc-role-name-mapper',
  targets: ACCESS_TARGETS,
  stage: 'roles',
  onByDefault: ['access'],
  apply(_claims, input, config) {
    const from = splitRole(config['role'] ?? '');
    const to = splitRole(config['new.role.name'] ?? '');
    if (!to.name || !removeRole(input.roles, from)) return;
    addRole(input.roles, to.clientId === undefined && from.clientId !== undefined ? { ...to, clientId: from.clientId } : to);
  },
};
