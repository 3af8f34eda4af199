import { ALL_TARGETS, type ProtocolMapperKind } from './mapper.ts';

/** First and last name as `name`. */
export const fullNameMapper: ProtocolMapperKind = {
  id: 'oidc-full-name-mapper',
  targets: ALL_TARGETS,
  stage: 'claims',
  apply(claims, input) {
    const parts = [input.user.firstName, input.user.lastName].filter((part) => part !== undefined && part !== '');
    if (parts.length > 0) claims['name'] = parts.join(' ');
  },
};
