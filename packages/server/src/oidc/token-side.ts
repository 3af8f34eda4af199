import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { registerCerts } from './certs.ts';
import { registerDeviceAuthorization } from './device/device-authorization.ts';
import { registerDiscovery } from './discovery.ts';
import { registerIntrospection } from './introspection.ts';
import { registerLogoutOfProvider } from './logout-of-provider.ts';
import { registerPushedAuthorization } from './pushed-authorization.ts';
import { registerRealmInfo } from './realm-info.ts';
import { registerRevocation } from './revocation.ts';
import { registerStoredToken } from './stored-token.ts';
import { registerTokenEndpoint } from './token-endpoint.ts';
import { registerUmaConfiguration } from './uma/configuration.ts';
import { registerUserinfo } from './userinfo.ts';

/** Every OpenID Connect endpoint that programs call: documents, tokens, and questions about tokens. */
export function registerTokenSide(app: FastifyInstance, context: ServerContext): void {
  registerRealmInfo(app, context);
  registerDiscovery(app, context);
  registerUmaConfiguration(app, context);
  registerCerts(app, context);
  registerTokenEndpoint(app, context);
  registerPushedAuthorization(app, context);
  registerDeviceAuthorization(app, context);
  registerUserinfo(app, context);
  registerIntrospection(app, context);
  registerRevocation(app, context);
  registerStoredToken(app, context);
  registerLogoutOfProvider(app, context);
}
