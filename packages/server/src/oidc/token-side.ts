import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { registerCerts } from './certs.ts';
import { registerDiscovery } from './discovery.ts';
import { registerIntrospection } from './introspection.ts';
import { registerRealmInfo } from './realm-info.ts';
import { registerRevocation } from './revocation.ts';
import { registerTokenEndpoint } from './token-endpoint.ts';
import { registerUserinfo } from './userinfo.ts';

/** Every OpenID Connect endpoint that programs call: documents, tokens, and questions about tokens. */
export function registerTokenSide(app: FastifyInstance, context: ServerContext): void {
  registerRealmInfo(app, context);
  registerDiscovery(app, context);
  registerCerts(app, context);
  registerTokenEndpoint(app, context);
  registerUserinfo(app, context);
  registerIntrospection(app, context);
  registerRevocation(app, context);
}
