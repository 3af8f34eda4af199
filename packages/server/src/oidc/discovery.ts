import type { FastifyInstance } from 'fastify';
import type { Features } from '../config/feature-switches.ts';
import type { ServerContext } from '../context.ts';
import { requestContext } from '../http/request-context.ts';
import type { ClientScope } from '../model/index.ts';
import { proofAlgorithms } from '../security/dpop/proof.ts';
import { contentEncryptions, decryptionAlgorithms, encryptionAlgorithms } from '../token/encryption.ts';
import { jwsAlgorithms } from '../token/jws-algorithms.ts';
import { allowAnyOrigin } from './cors.ts';
import { realmOf } from './realm-of-request.ts';
import { responseModes } from './response-type.ts';
import { declareEndpoint } from './route.ts';
import { supportedGrantTypes } from './token-endpoint.ts';

/** JSON bytes by the realm's list of client scopes (a new list where anything in it changed), then by issuer. */
const documents = new WeakMap<readonly ClientScope[], Map<string, Buffer>>();
/** One server answers under few names; more would be somebody who plays with the Host header. */
const MAX_DOCUMENTS_PER_REALM = 16;

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
        return reply.send(discoveryBytes(context, scopes, requestContext(request).issuer(realm.realm)));
      },
    },
  });
}

function discoveryBytes(context: ServerContext, scopes: readonly ClientScope[], issuer: string): Buffer {
  let byIssuer = documents.get(scopes);
  if (!byIssuer) {
    byIssuer = new Map();
    documents.set(scopes, byIssuer);
  }
  let bytes = byIssuer.get(issuer);
  if (!bytes) {
    bytes = Buffer.from(JSON.stringify(discoveryDocument(context, scopes, issuer)));
    if (byIssuer.size >= MAX_DOCUMENTS_PER_REALM) byIssuer.clear();
    byIssuer.set(issuer, bytes);
  }
  return bytes;
}

/** The document itself; members and their order are Keycloak's, those of features that are not there are left out. */
export function discoveryDocument(
  context: ServerContext,
  scopes: readonly ClientScope[],
  issuer: string,
): Readonly<Record<string, unknown>> {
  const { methods: clientMethods } = context.clientAuthentication;
  const endpoint = (path: string): string => `${issuer}/protocol/openid-connect/${path}`;
  const document = {
    issuer,
    authorization_endpoint: endpoint('auth'),
    token_endpoint: endpoint('token'),
    introspection_endpoint: endpoint('token/introspect'),
    userinfo_endpoint: endpoint('userinfo'),
    end_session_endpoint: endpoint('logout'),
    jwks_uri: endpoint('certs'),
    check_session_iframe: endpoint('login-status-iframe.html'),
    grant_types_supported: [...supportedGrantTypes(context.features), 'implicit'],
    acr_values_supported: ['0', '1'],
    response_types_supported: ['code', 'none', 'id_token', 'token', 'id_token token', 'code id_token', 'code token', 'code id_token token'],
    subject_types_supported: ['public'],
    prompt_values_supported: ['none', 'login'],
    id_token_signing_alg_values_supported: signatureAlgorithms,
    id_token_encryption_alg_values_supported: encryptionAlgorithms,
    id_token_encryption_enc_values_supported: contentEncryptions,
    userinfo_signing_alg_values_supported: [...signatureAlgorithms, 'none'],
    userinfo_encryption_alg_values_supported: encryptionAlgorithms,
    userinfo_encryption_enc_values_supported: contentEncryptions,
    request_object_signing_alg_values_supported: [...signatureAlgorithms, 'none'],
    request_object_encryption_alg_values_supported: decryptionAlgorithms,
    request_object_encryption_enc_values_supported: contentEncryptions,
    response_modes_supported: responseModes,
    registration_endpoint: `${issuer}/clients-registrations/openid-connect`,
    token_endpoint_auth_methods_supported: clientMethods,
    token_endpoint_auth_signing_alg_values_supported: signatureAlgorithms,
    introspection_endpoint_auth_methods_supported: clientMethods,
    introspection_endpoint_auth_signing_alg_values_supported: signatureAlgorithms,
    authorization_signing_alg_values_supported: signatureAlgorithms,
    authorization_encryption_alg_values_supported: encryptionAlgorithms,
    authorization_encryption_enc_values_supported: contentEncryptions,
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
    claims_parameter_supported: true,
    scopes_supported: ['openid', ...scopes.filter((scope) => scope.protocol === 'openid-connect').map((scope) => scope.name)],
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    code_challenge_methods_supported: ['plain', 'S256'],
    dpop_signing_alg_values_supported: proofAlgorithms,
    revocation_endpoint: endpoint('revoke'),
    revocation_endpoint_auth_methods_supported: clientMethods,
    revocation_endpoint_auth_signing_alg_values_supported: signatureAlgorithms,
    authorization_response_iss_parameter_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    device_authorization_endpoint: endpoint('auth/device'),
    require_pushed_authorization_requests: false,
    pushed_authorization_request_endpoint: endpoint('ext/par/request'),
    tls_client_certificate_bound_access_tokens: true,
    mtls_endpoint_aliases: {
      token_endpoint: endpoint('token'),
      revocation_endpoint: endpoint('revoke'),
      introspection_endpoint: endpoint('token/introspect'),
      device_authorization_endpoint: endpoint('auth/device'),
      userinfo_endpoint: endpoint('userinfo'),
      pushed_authorization_request_endpoint: endpoint('ext/par/request'),
    },
  };
  return withoutSwitchedOff(context.features, document);
}

/** Members of features that are off are left out, also among the aliases for mutual TLS. */
function withoutSwitchedOff(
  { off }: Features,
  document: Readonly<Record<string, unknown>> & { readonly mtls_endpoint_aliases: Readonly<Record<string, unknown>> },
): Readonly<Record<string, unknown>> {
  const gone = new Set<string>(off.flatMap(({ metadata = [] }) => metadata));
  if (gone.size === 0) return document;
  const kept = (members: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(members).filter(([name]) => !gone.has(name)));
  return { ...kept(document), mtls_endpoint_aliases: kept(document.mtls_endpoint_aliases) };
}
