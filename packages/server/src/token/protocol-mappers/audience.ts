import { addAudience } from './claim-value.ts';
import { type ProtocolMapperKind, TOKEN_TARGETS } from './mapper.ts';

/** Adds a client (`included.client.audience`) or, without one, any text (`included.custom.audience`) to the audience. */
export const audienceMapper: ProtocolMapperKind = {
  id: 'oidc-audience-mapper',
  targets: TOKEN_TARGETS,
  stage: 'claims',
  apply(claims, _input, config) {
    const audience = config['included.client.audience'] || config['included.custom.audience'];
    if (audience) addAudience(claims, audience);
  },
};
