import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../../context.ts';
import { requestContext } from '../../http/request-context.ts';
import { allowAnyOrigin } from '../cors.ts';
import { discoveryDocument } from '../discovery.ts';
import { realmOf } from '../realm-of-request.ts';
import { declareEndpoint } from '../route.ts';

/** What the document has in common with that of OpenID Connect, in its order. */
const shared = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'introspection_endpoint',
  'end_session_endpoint',
  'frontchannel_logout_session_supported',
  'frontchannel_logout_supported',
  'jwks_uri',
  'grant_types_supported',
  'response_types_supported',
  'response_modes_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'scopes_supported',
] as const;

/** GET /realms/{realm}/.well-known/uma2-configuration (UMA 2.0 Grant section 2, Federated Authorization section 2). */
export function registerUmaConfiguration(app: FastifyInstance, context: ServerContext): void {
  declareEndpoint(app, {
    url: '/realms/:realm/.well-known/uma2-configuration',
    corsMethods: 'GET',
    handlers: {
      async GET(request, reply) {
        const realm = await realmOf(context, request);
        allowAnyOrigin(request, reply);
        const issuer = requestContext(request).issuer(realm.realm);
        const known = discoveryDocument(context, await context.state.directory.clientScopes(realm), issuer);
        const protection = `${issuer}/authz/protection`;
        reply.headers({ 'cache-control': 'no-cache, must-revalidate, no-transform, no-store', 'content-type': 'application/json' });
        return reply.send(
          JSON.stringify({
            ...Object.fromEntries(shared.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]]))),
            resource_registration_endpoint: `${protection}/resource_set`,
            permission_endpoint: `${protection}/permission`,
            policy_endpoint: `${protection}/uma-policy`,
          }),
        );
      },
    },
  });
}
