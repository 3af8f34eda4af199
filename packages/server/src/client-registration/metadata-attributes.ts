import { contentEncryptions, decryptionAlgorithms, encryptionAlgorithms } from '../token/encryption.ts';
import { jwsAlgorithms } from '../token/jws-algorithms.ts';

const signatures: readonly string[] = [...jwsAlgorithms.keys()];
const signaturesOrNone: readonly string[] = [...signatures, 'none'];

/** Metadata that is a text, with the attribute of the client that keeps it and the values that are possible here. */
export const textAttributes: readonly (readonly [metadata: string, attribute: string, allowed?: readonly string[]])[] = [
  ['token_endpoint_auth_signing_alg', 'token.endpoint.auth.signing.alg', signatures],
  ['logo_uri', 'logoUri'],
  ['tos_uri', 'tosUri'],
  ['policy_uri', 'policyUri'],
  ['jwks_uri', 'jwks.url'],
  ['id_token_signed_response_alg', 'id.token.signed.response.alg', signatures],
  ['id_token_encrypted_response_alg', 'id.token.encrypted.response.alg', encryptionAlgorithms],
  ['id_token_encrypted_response_enc', 'id.token.encrypted.response.enc', contentEncryptions],
  ['userinfo_signed_response_alg', 'user.info.response.signature.alg', signaturesOrNone],
  ['userinfo_encrypted_response_alg', 'user.info.encrypted.response.alg', encryptionAlgorithms],
  ['userinfo_encrypted_response_enc', 'user.info.encrypted.response.enc', contentEncryptions],
  ['request_object_signing_alg', 'request.object.signature.alg', [...signaturesOrNone, 'any']],
  ['request_object_encryption_alg', 'request.object.encryption.alg', [...decryptionAlgorithms, 'any']],
  ['request_object_encryption_enc', 'request.object.encryption.enc', [...contentEncryptions, 'any']],
  ['authorization_signed_response_alg', 'authorization.signed.response.alg', signatures],
  ['authorization_encrypted_response_alg', 'authorization.encrypted.response.alg', encryptionAlgorithms],
  ['authorization_encrypted_response_enc', 'authorization.encrypted.response.enc', contentEncryptions],
  ['tls_client_auth_subject_dn', 'x509.subjectdn'],
  ['backchannel_logout_uri', 'backchannel.logout.url'],
  ['frontchannel_logout_uri', 'frontchannel.logout.url'],
];

/** Metadata that is a switch, with its attribute. */
export const flagAttributes: readonly (readonly [metadata: string, attribute: string])[] = [
  ['tls_client_certificate_bound_access_tokens', 'tls.client.certificate.bound.access.tokens'],
  ['dpop_bound_access_tokens', 'dpop.bound.access.tokens'],
  ['require_pushed_authorization_requests', 'require.pushed.authorization.requests'],
  ['backchannel_logout_session_required', 'backchannel.logout.session.required'],
  ['backchannel_logout_revoke_offline_tokens', 'backchannel.logout.revoke.offline.tokens'],
  ['frontchannel_logout_session_required', 'frontchannel.logout.session.required'],
];

/** Metadata that is a list, with the attribute that keeps it in one text. */
export const listAttributes: readonly (readonly [metadata: string, attribute: string])[] = [
  ['request_uris', 'request.uris'],
  ['post_logout_redirect_uris', 'post.logout.redirect.uris'],
];

export const LIST_SEPARATOR = '##';

/** Grants that are attributes of a client here. */
export const grantAttributes: readonly (readonly [grant: string, attribute: string])[] = [
  ['urn:ietf:params:oauth:grant-type:device_code', 'oauth2.device.authorization.grant.enabled'],
  ['refresh_token', 'use.refresh.tokens'],
  ['urn:ietf:params:oauth:grant-type:token-exchange', 'standard.token.exchange.enabled'],
];

/** `token_endpoint_auth_method` -> type of the authenticator. */
export const authenticators: ReadonlyMap<string, string> = new Map([
  ['client_secret_basic', 'client-secret'],
  ['client_secret_post', 'client-secret'],
  ['client_secret_jwt', 'client-secret-jwt'],
  ['private_key_jwt', 'client-jwt'],
  ['tls_client_auth', 'client-x509'],
]);

/** Which way of sending its secret a client was registered for. */
export const SECRET_METHOD = 'client.secret.authentication.allowed.method';
