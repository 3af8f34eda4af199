import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { jwksDocument } from '../token/jwks.ts';
import { allowAnyOrigin } from './cors.ts';
import { realmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';

/** GET /realms/{realm}/protocol/openid-connect/certs: the public keys (RFC 7517). */
export function registerCerts(app: FastifyInstance, context: ServerContext): void {
  declareEndpoint(app, {
    url: '/realms/:realm/protocol/openid-connect/certs',
    corsMethods: 'GET',
    handlers: {
      async GET(request, reply) {
        const realm = await realmOf(context, request);
        allowAnyOrigin(request, reply);
        const document = jwksDocument(await context.state.directory.keys(realm));
        return reply.headers({ 'cache-control': 'no-cache', 'content-type': 'application/json' }).send(document);
      },
    },
  });
}
