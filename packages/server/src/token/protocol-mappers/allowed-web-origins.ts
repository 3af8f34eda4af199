import { resolvedWebOrigins } from '../../model/web-origins.ts';
import { ACCESS_TARGETS, type ProtocolMapperKind } from './mapper.ts';

/** The client's web origins as `allowed-origins`, for services that answer browsers on its behalf. */
export const allowedWebOriginsMapper: ProtocolMapperKind = {
  id: 'oidc-allowed-origins-mapper',
  targets: ACCESS_TARGETS,
  stage: 'claims',
  onByDefault: ['access'],
  apply(claims, input) {
    const origins = resolvedWebOrigins(input.client);
    if (origins.length > 0) claims['allowed-origins'] = origins;
  },
};
