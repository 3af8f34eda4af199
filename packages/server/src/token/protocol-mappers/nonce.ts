import type { ProtocolMapperKind } from './mapper.ts';

/** The nonce in the access token too, for clients written when it still stood there. Id tokens always have it. */
export const nonceMapper: ProtocolMapperKind = {
  id: 'oidc-nonce-backwards-compatible-mapper',
  targets: ['access', 'lightweight', 'introspection'],
  stage: 'claims',
  onByDefault: ['access'],
  apply(claims, input) {
    if (input.nonce !== undefined) claims['nonce'] = input.nonce;
  },
};
