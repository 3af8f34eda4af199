import { ACCESS_TARGETS, type ProtocolMapperKind } from './mapper.ts';

/** The user's id as `sub` of access tokens; id tokens and userinfo always have it. */
export const subMapper: ProtocolMapperKind = {
  id: 'oidc-sub-mapper',
  targets: ACCESS_TARGETS,
  stage: 'claims',
  onByDefault: ['access'],
  apply(claims, input) {
    claims['sub'] = input.user.id;
  },
};
