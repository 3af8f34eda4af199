import { representation } from '../admin/representation-shapes.ts';
import type { ClientScope } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import {
  authenticators,
  flagAttributes,
  grantAttributes,
  LIST_SEPARATOR,
  listAttributes,
  SECRET_METHOD,
  textAttributes,
} from './metadata-attributes.ts';
import { invalidMetadata } from './refusal.ts';

/** Client metadata that are known (RFC 7591 section 2, OpenID Connect Registration section 2, and what else has a place here). */
export const metadataShape = representation('OIDCClientRepresentation', {
  texts: `client_id client_secret client_name client_uri logo_uri tos_uri policy_uri jwks_uri scope token_endpoint_auth_method
    token_endpoint_auth_signing_alg software_id software_version application_type sector_identifier_uri subject_type
    id_token_signed_response_alg id_token_encrypted_response_alg id_token_encrypted_response_enc userinfo_signed_response_alg
    userinfo_encrypted_response_alg userinfo_encrypted_response_enc request_object_signing_alg request_object_encryption_alg
    request_object_encryption_enc authorization_signed_response_alg authorization_encrypted_response_alg authorization_encrypted_response_enc
    initiate_login_uri tls_client_auth_subject_dn registration_client_uri registration_access_token backchannel_logout_uri
    backchannel_token_delivery_mode backchannel_client_notification_endpoint backchannel_authentication_request_signing_alg
    frontchannel_logout_uri`,
  flags: `require_auth_time tls_client_certificate_bound_access_tokens dpop_bound_access_tokens require_pushed_authorization_requests
    backchannel_logout_session_required backchannel_logout_revoke_offline_tokens frontchannel_logout_session_required`,
  integers: 'default_max_age client_id_issued_at client_secret_expires_at',
  textLists: 'redirect_uris grant_types response_types contacts default_acr_values request_uris post_logout_redirect_uris',
  anything: 'jwks',
});

type Metadata = Readonly<Record<string, unknown>>;
const MAX_KEYS = 20;
/** Levels of logins that the discovery document names. */
const LEVELS: readonly string[] = ['0', '1'];
const RESPONSE_TYPES: readonly string[] = ['code', 'none', 'token', 'id_token'];
/** Members of a JWK that only its owner may know (RFC 7518 section 6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

const newClientAttributes = {
  'backchannel.logout.session.required': 'true',
  'backchannel.logout.revoke.offline.tokens': 'false',
  'frontchannel.logout.session.required': 'false',
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const listOf = (value: unknown): readonly string[] | undefined => (Array.isArray(value) ? value.map(String) : undefined);

/**
 * Client metadata as the ClientRepresentation that is wanted: what they do not speak of is not in it, and so stays, or gets the default.
 * @param isNew a client that is made; else one that is changed
 * @throws RegistrationRefusal 400.
 */
export function clientOfMetadata(metadata: Metadata, scopes: readonly ClientScope[], isNew: boolean): Representation {
  refuseUnsupported(metadata);
  const name = textOf(metadata['client_name']);
  const home = textOf(metadata['client_uri']);
  const redirectUris = listOf(metadata['redirect_uris']);
  const clientId = textOf(metadata['client_id']);
  const frontchannel = textOf(metadata['frontchannel_logout_uri']);
  const flows = flowsOf(metadata, isNew);
  return {
    ...(clientId === undefined ? {} : { clientId }),
    ...(name === undefined ? {} : { name }),
    ...(home === undefined ? {} : { baseUrl: home }),
    ...(redirectUris === undefined ? {} : { redirectUris }),
    ...(frontchannel === undefined ? {} : { frontchannelLogout: frontchannel !== '' }),
    ...flows,
    ...scopesOf(metadata, scopes, flows['serviceAccountsEnabled'] === true),
    ...authenticationOf(metadata, isNew),
    attributes: {
      ...(isNew ? newClientAttributes : {}),
      ...attributesOf(metadata),
    },
  };
}

function refuseUnsupported(metadata: Metadata): void {
  const subject = textOf(metadata['subject_type']);
  if (subject === 'pairwise' || textOf(metadata['sector_identifier_uri'])) {
    throw invalidMetadata('Pairwise subject identifiers are not supported');
  }
  if (subject !== undefined && subject !== 'public') throw invalidMetadata();
  if (listOf(metadata['default_acr_values'])?.some((value) => !LEVELS.includes(value)))
    throw invalidMetadata('default_acr_values is not supported');
  for (const [name, , allowed] of textAttributes) {
    const value = textOf(metadata[name]);
    if (value && allowed !== undefined && !allowed.includes(value)) throw invalidMetadata(`${name} is not supported`);
  }
  for (const type of listOf(metadata['response_types']) ?? []) {
    if (!type.split(' ').every((part) => RESPONSE_TYPES.includes(part))) throw invalidMetadata();
  }
}

/** What the client may do at the authorization and token endpoints; response types count before grants where both speak of a flow. */
function flowsOf(metadata: Metadata, isNew: boolean): Representation {
  const grants = listOf(metadata['grant_types']);
  const responses = listOf(metadata['response_types']) ?? [];
  const parts = new Set(responses.flatMap((type) => type.split(' ')));
  if (grants === undefined && responses.length === 0) return isNew ? { standardFlowEnabled: true } : {};
  const byResponse = {
    standardFlowEnabled: parts.has('code') || parts.has('none'),
    implicitFlowEnabled: parts.has('token') || parts.has('id_token'),
  };
  const byGrant = {
    standardFlowEnabled: grants?.length === 0 || grants?.includes('authorization_code') === true,
    implicitFlowEnabled: grants?.includes('implicit') === true,
  };
  return {
    ...(responses.length > 0 ? byResponse : byGrant),
    ...(grants === undefined
      ? {}
      : { directAccessGrantsEnabled: grants.includes('password'), serviceAccountsEnabled: grants.includes('client_credentials') }),
  };
}

/** Scopes that are named may be asked for; beside them a client has those without which its tokens say nothing. */
function scopesOf(metadata: Metadata, scopes: readonly ClientScope[], serviceAccount: boolean): Representation {
  const scope = textOf(metadata['scope']);
  if (scope === undefined) return {};
  const needed = ['basic', ...(serviceAccount ? ['service_account'] : [])];
  return {
    defaultClientScopes: needed.filter((name) => scopes.some((one) => one.name === name)),
    optionalClientScopes: [...new Set(scope.split(/\s+/).filter((name) => name !== '' && !needed.includes(name)))],
  };
}

function authenticationOf(metadata: Metadata, isNew: boolean): Representation {
  const method = textOf(metadata['token_endpoint_auth_method']);
  if (method === undefined) return isNew ? { publicClient: false, clientAuthenticatorType: 'client-secret' } : {};
  if (method === 'none') return { publicClient: true, clientAuthenticatorType: 'client-secret' };
  const clientAuthenticatorType = authenticators.get(method);
  if (clientAuthenticatorType === undefined) throw invalidMetadata();
  const withKeys = metadata['jwks'] != null || textOf(metadata['jwks_uri']);
  if (method === 'private_key_jwt' && isNew && !withKeys) throw invalidMetadata();
  return { publicClient: false, clientAuthenticatorType };
}

function attributesOf(metadata: Metadata): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, attribute] of textAttributes) {
    const value = textOf(metadata[name]);
    if (value !== undefined) found[attribute] = value;
  }
  for (const [name, attribute] of flagAttributes) if (typeof metadata[name] === 'boolean') found[attribute] = String(metadata[name]);
  for (const [name, attribute] of listAttributes) {
    const list = listOf(metadata[name]);
    if (list?.some((one) => one.includes(LIST_SEPARATOR))) throw invalidMetadata();
    if (list !== undefined) found[attribute] = list.join(LIST_SEPARATOR);
  }
  const grants = listOf(metadata['grant_types']);
  if (grants !== undefined) for (const [grant, attribute] of grantAttributes) found[attribute] = String(grants.includes(grant));
  const method = textOf(metadata['token_endpoint_auth_method']);
  if (method !== undefined) found[SECRET_METHOD] = /^client_secret_(?:basic|post)$/.test(method) ? method : '';
  return { ...found, ...keysOf(metadata) };
}

function keysOf(metadata: Metadata): Readonly<Record<string, string>> {
  const jwks = metadata['jwks'];
  const address = textOf(metadata['jwks_uri']);
  if (jwks === undefined || jwks === null) {
    return address === undefined ? {} : { 'use.jwks.url': String(address !== ''), 'use.jwks.string': 'false', 'jwks.string': '' };
  }
  if (address) throw invalidMetadata();
  const keys: unknown = typeof jwks === 'object' && 'keys' in jwks ? jwks.keys : undefined;
  if (!Array.isArray(keys) || keys.length > MAX_KEYS || !keys.every(isPublicKey)) throw invalidMetadata();
  return { 'jwks.string': JSON.stringify({ keys }), 'use.jwks.string': 'true', 'use.jwks.url': 'false', 'jwks.url': '' };
}

function isPublicKey(key: unknown): boolean {
  return typeof key === 'object' && key !== null && !Array.isArray(key) && !PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member));
}
