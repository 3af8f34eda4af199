import { addClaim } from './claim-value.ts';
import { ALL_TARGETS, type ProtocolMapperKind } from './mapper.ts';

/** A fixed value as a claim. */
export const hardcodedClaimMapper: ProtocolMapperKind = {
  id: 'oidc-hardcoded-claim-mapper',
  targets: ALL_TARGETS,
  stage: 'claims',
  apply(claims, _input, config) {
    const value = config['claim.value'];
    if (value !== undefined) addClaim(claims, config, value);
  },
};
