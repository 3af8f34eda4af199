import { addClaim } from './claim-value.ts';
import { ALL_TARGETS, type ProtocolMapperKind } from './mapper.ts';
import { userProperty } from './user-value.ts';

/** A built-in property of the user (username, email, emailVerified, …) as a claim. */
export const userPropertyMapper: ProtocolMapperKind = {
  id: 'oidc-usermodel-property-mapper',
  targets: ALL_TARGETS,
  stage: 'claims',
  apply(claims, input, config) {
    const value = userProperty(input.user, config['user.attribute'] ?? '');
    if (value !== undefined && value !== '') addClaim(claims, config, value);
  },
};
