import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import { type AdminCall, adminRoutes, parameter } from './admin-route.ts';
import { notFound } from './answers.ts';
import { clientOf } from './lookups.ts';

const KEYCLOAK_JSON = 'keycloak-oidc-keycloak-json';

/** Kinds of settings files that an adapter of a client can be given. */
export const clientInstallationTypes = [
  {
    id: KEYCLOAK_JSON,
    protocol: 'openid-connect',
    downloadOnly: false,
    displayType: 'keycloak.json',
    helpText: 'Settings that adapters read.',
    filename: 'keycloak.json',
    mediaType: 'application/json',
  },
] as const;

/** The settings of a client for its adapter. */
export function registerClientInstallation(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  declare('GET /clients/:clientUuid/installation/providers/:providerId', async (call) => {
    await clientOf(call, 'clientUuid', 'Could not find client');
    if (parameter(call.request, 'providerId') !== KEYCLOAK_JSON) throw notFound('Unknown Provider');
    call.reply.header('content-type', 'application/json;charset=UTF-8').header('cache-control', 'no-cache');
    return call.reply.send(JSON.stringify(await settingsOf(call), undefined, 2));
  });
}

async function settingsOf(call: AdminCall): Promise<unknown> {
  const client = await clientOf(call);
  const { baseUrl } = requestContext(call.request);
  const confidential = !client.publicClient && !client.bearerOnly;
  return {
    realm: call.realm.realm,
    'auth-server-url': `${baseUrl}/`,
    'ssl-required': call.realm.sslRequired,
    resource: client.clientId,
    ...(client.publicClient ? { 'public-client': true } : {}),
    ...(client.bearerOnly ? { 'bearer-only': true } : {}),
    'verify-token-audience': true,
    ...(confidential ? { credentials: { secret: client.secret ?? '' } } : {}),
    'use-resource-role-mappings': true,
    'confidential-port': 0,
  };
}
