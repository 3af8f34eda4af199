import { claimPath, setClaim } from './claim-value.ts';
import { ALL_TARGETS, type ProtocolMapperKind } from './mapper.ts';

/** The groups that the user is a direct member of, by path or by name. */
export const groupMembershipMapper: ProtocolMapperKind = {
  id: 'oidc-group-membership-mapper',
  targets: ALL_TARGETS,
  stage: 'claims',
  apply(claims, input, config) {
    const name = config['claim.name'];
    if (!name || input.groups.length === 0) return;
    const fullPath = config['full.path'] !== 'false';
    setClaim(
      claims,
      claimPath(name),
      input.groups.map(([group]) => (fullPath ? group.path : group.name)),
    );
  },
};
