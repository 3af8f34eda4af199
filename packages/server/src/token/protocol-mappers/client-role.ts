import { claimPath, setClaim } from './claim-value.ts';
import { ALL_TARGETS, type ClaimsDraft, type ProtocolMapperKind } from './mapper.ts';

const PLACEHOLDER = /\$\{client_id\}/;

/**
 * The user's client roles, of one client (`usermodel.clientRoleMapping.clientId`) or of all. With `${client_id}` in the claim's name each
 * client has its own place (`resource_access.${client_id}.roles`), else all roles come together in one.
 */
export const clientRoleMapper: ProtocolMapperKind = {
  id: 'oidc-usermodel-client-role-mapper',
  targets: ALL_TARGETS,
  stage: 'claims',
  apply(claims, input, config) {
    const prefix = config['usermodel.clientRoleMapping.rolePrefix'] ?? '';
    const only = config['usermodel.clientRoleMapping.clientId'];
    const name = config['claim.name'] ?? '';
    const perClient = PLACEHOLDER.test(name);
    const together: string[] = [];
    for (const [clientId, roles] of input.roles.clients) {
      if (roles.length === 0 || (only && only !== clientId)) continue;
      const names = roles.map((role) => prefix + role);
      // A dot in a client id is part of the id, not a step of the path.
      if (perClient)
        put(
          claims,
          name.replace(PLACEHOLDER, () => clientId.replaceAll('.', '\\.')),
          names,
          config['multivalued'],
        );
      else together.push(...names);
    }
    if (together.length > 0) put(claims, name, together, config['multivalued']);
  },
};

function put(claims: ClaimsDraft, name: string, names: readonly string[], multivalued: string | undefined): void {
  setClaim(claims, claimPath(name), multivalued === 'false' ? names.join(' ') : names);
}
