import { addClaim } from './claim-value.ts';
import { ALL_TARGETS, type ProtocolMapperKind } from './mapper.ts';
import { userAttribute } from './user-value.ts';

/** A user attribute as a claim; `multivalued` gives all values, `aggregate.attrs` adds those of the groups. */
export const userAttributeMapper: ProtocolMapperKind = {
  id: 'oidc-usermodel-attribute-mapper',
  targets: ALL_TARGETS,
  stage: 'claims',
  apply(claims, input, config) {
    const values = userAttribute(input, config['user.attribute'] ?? '', config['aggregate.attrs'] === 'true');
    const [first] = values;
    if (first === undefined) return;
    addClaim(claims, config, config['multivalued'] === 'true' ? values : first);
  },
};
