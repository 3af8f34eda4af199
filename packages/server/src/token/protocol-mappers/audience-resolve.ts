import { addAudience } from './claim-value.ts';
import { ACCESS_TARGETS, type ProtocolMapperKind } from './mapper.ts';

/** Adds every other client that the user has a role of to the audience. */
export const audienceResolveMapper: ProtocolMapperKind = {
  id: 'oidc-audience-resolve-mapper',
  targets: ACCESS_TARGETS,
  stage: 'claims',
  onByDefault: ['access'],
  apply(claims, input) {
    for (const [clientId, roles] of input.roles.clients)
      if (roles.length > 0 && clientId !== input.client.clientId) addAudience(claims, clientId);
  },
};
