import { ALL_TARGETS, type ProtocolMapperKind } from './mapper.ts';
import { userAttribute } from './user-value.ts';

/** Member of the `address` claim (OpenID Connect Core section 5.1.1) -> part of the configuration key and default attribute. */
const PARTS: readonly (readonly [string, string])[] = [
  ['street_address', 'street'],
  ['locality', 'locality'],
  ['region', 'region'],
  ['postal_code', 'postal_code'],
  ['country', 'country'],
  ['formatted', 'formatted'],
];

/** The user's address attributes as the `address` claim. */
export const addressMapper: ProtocolMapperKind = {
  id: 'oidc-address-mapper',
  targets: ALL_TARGETS,
  stage: 'claims',
  apply(claims, input, config) {
    const address: Record<string, string> = {};
    for (const [member, part] of PARTS) {
      const [value] = userAttribute(input, config[`user.attribute.${part}`] || part, false);
      if (value !== undefined) address[member] = value;
    }
    if (Object.keys(address).length > 0) claims['address'] = address;
  },
};
