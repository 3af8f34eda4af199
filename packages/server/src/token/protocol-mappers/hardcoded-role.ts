import { ACCESS_TARGETS, type ProtocolMapperKind } from './mapper.ts';
import { addRole, splitRole } from './role-reference.ts';

/** Gives everyone who comes through the client a role in the token: `role` or `client.role`. */
export const hardcodedRoleMapper: ProtocolMapperKind = {
  id: 'oidc-hardcoded-role-mapper',
  targets: ACCESS_TARGETS,
  stage: 'roles',
  onByDefault: ['access'],
  apply(_claims, input, config) {
    const role = config['role'];
    if (role) addRole(input.roles, splitRole(role));
  },
};
