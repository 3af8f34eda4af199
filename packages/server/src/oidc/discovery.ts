import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { ClientScope } from '../model/index.ts';
import { jwsAlgorithms } from '../token/jws-algorithms.ts';
import { allowAnyOrigin } from './cors.ts';
import { realmOf } from './realm-of-request.ts';
import { declareEndpoint } from './route.ts';
import { supportedGrantTypes } from './token-endpoint.ts';

/** JSON bytes by the realm's list of client scopes (a new list where anything in it changed), then by issuer. */
const documents = new WeakMap<readonly ClientScope[], Map<string, Buffer>>();
/** One server answers under few names; more would be somebody who plays with the Host header. */
const MAX_DOCUMENTS_PER_REALM = 16;

const clientMethods = ['client_secret_basic', 'client_secret_post'];
const signatureAlgorithms = [...jwsAlgorithms.values()].map((algorithm) => algorithm.name);

/** GET /realms/{realm}/.well-known/openid-configuration (OpenID Connect Discovery section 4): only what the server does. */
export function registerDiscovery(app: FastifyInstance, context: ServerContext): void {
  declareEndpoint(app, {
    url: '/realms/:realm/.well-known/openid-configuration',
    corsMethods: 'GET',
    handlers: {
      async GET(request, reply) {
        const realm = await realmOf(context, request);
        allowAnyOrigin(request, reply);
        const scopes = await context.state.directory.clientScopes(realm);
        reply.headers({ 'cache-control': 'no-cache, must-revalidate, no-transform, no-store', 'content-type': 'application/json' });
        return reply.send(discoveryBytes(scopes, requestContext(request).issuer(realm.realm)));
      },
    },
  });
}

function discoveryBytes(scopes: readonly ClientScope[], issuer: string): Buffer {
  let byIssuer = documents.get(scopes);
  if (!byIssuer) {
    byIssuer = new Map();
    documents.set(scopes, byIssuer);
  }
  let bytes = byIssuer.get(issuer);
  if (!bytes) {
    bytes = Buffer.from(JSON.stringify(discoveryDocument(scopes, issuer)));
    if (byIssuer.size >= MAX_DOCUMENTS_PER_REALM) byIssuer.clear();
    byIssuer.set(issuer, bytes);
  }
  return bytes;
}

/** The document itself; members and their order are Keycloak's, those of features that are not there are left out. */
export function discoveryDocument(scopes: readonly ClientScope[], issuer: string): Readonly<Record<string, unknown>> {
  const endpoint = (path: string): string => `${issuer}/protocol/openid-connect/${path}`;
  return {
    issuer,
    authorization_endpoint: endpoint('auth'),
    token_endpoint: endpoint('token'),
    introspection_endpoint: endpoint('token/introspect'),
    userinfo_endpoint: endpoint('userinfo'),
    end_session_endpoint: endpoint('logout'),
    jwks_uri: endpoint('certs'),
    check_session_iframe: endpoint('login-status-iframe.html'),
    grant_types_supported: [...supportedGrantTypes, 'implicit'],
    acr_values_supported: ['0', '1'],
    response_types_supported: ['code', 'none', 'id_token', 'token', 'id_token token', 'code id_token', 'code token', 'code id_token token'],
    subject_types_supported: ['public'],
    prompt_values_supported: ['none', 'login'],
    id_token_signing_alg_values_supported: signatureAlgorithms,
    userinfo_signing_alg_values_supported: [...signatureAlgorithms, 'none'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    token_endpoint_auth_methods_supported: clientMethods,
    introspection_endpoint_auth_methods_supported: clientMethods,
    claims_supported: [
      'iss',
      'sub',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'name',
      'given_name',
      'family_name',
      'preferred_username',
      'email',
      'acr',
      'azp',
      'nonce',
    ],
    claim_types_supported: ['normal'],
    claims_parameter_supported: false,
    scopes_supported: ['openid', ...scopes.filter((scope) => scope.protocol === 'openid-connect').map((scope) => scope.name)],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    code_challenge_methods_supported: ['plain', 'S256'],
    revocation_endpoint: endpoint('revoke'),
    revocation_endpoint_auth_methods_supported: clientMethods,
    authorization_response_iss_parameter_supported: true,
  };
}
