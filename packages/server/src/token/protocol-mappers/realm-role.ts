import { addClaim } from './claim-value.ts';
import { ALL_TARGETS, type ProtocolMapperKind } from './mapper.ts';

/** The user's realm roles, usually at `realm_access.roles`. */
export const realmRoleMapper: ProtocolMapperKind = {
  id: 'oidc-usermodel-realm-role-mapper',
  targets: ALL_TARGETS,
  stage: 'claims',
  apply(claims, input, config) {
    const prefix = config['usermodel.realmRoleMapping.rolePrefix'] ?? '';
    const names = input.roles.realm.map((name) => prefix + name);
    if (names.length > 0) addClaim(claims, config, config['multivalued'] === 'true' ? names : names.join(' '));
  },
};
