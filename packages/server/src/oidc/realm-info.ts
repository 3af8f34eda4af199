import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import { realmPublicKey } from '../token/jwks.ts';
import { allowAnyOrigin } from './cors.ts';
import { realmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';

/** GET /realms/{realm}: name, public key and addresses of a realm. */
export function registerRealmInfo(app: FastifyInstance, context: ServerContext): void {
  for (const url of ['/realms/:realm', '/realms/:realm/'])
    declareEndpoint(app, {
      url,
      corsMethods: 'GET',
      handlers: {
        async GET(request, reply) {
          const realm = await realmOf(context, request);
          allowAnyOrigin(request, reply);
          const base = requestContext(request).issuer(realm.realm);
          reply.headers({ 'cache-control': 'no-cache', 'content-type': 'application/json;charset=UTF-8' });
          return {
            realm: realm.realm,
            public_key: realmPublicKey(await context.state.directory.keys(realm)),
            'token-service': `${base}/protocol/openid-connect`,
            'account-service': `${base}/account`,
            'tokens-not-before': realm.notBefore,
          };
        },
      },
    });
}
