import { describe, expect, it } from 'vitest';
import { clientFromRepresentation } from '../realm/client-representation.ts';
import { defaultClientScopes } from '../realm/default-client-scopes.ts';
import { Fields } from '../realm/fields.ts';
import { metadataOfClient } from './client-to-metadata.ts';
import { clientOfMetadata } from './metadata-to-client.ts';

const scopes = defaultClientScopes('realm');
const base = { redirect_uris: ['https://a.example/cb'] };

function registered(metadata: Readonly<Record<string, unknown>>) {
  const wanted = { clientId: 'c', ...clientOfMetadata({ ...base, ...metadata }, scopes, true) };
  return clientFromRepresentation(new Fields(wanted, 'client'), 'realm', { defaults: [], optionals: [] });
}
const shown = (metadata: Readonly<Record<string, unknown>>) => metadataOfClient(registered(metadata));

describe('client metadata', () => {
  const whole = {
    redirect_uris: ['https://a.example/cb'],
    post_logout_redirect_uris: ['https://a.example/out'],
    client_name: 'App',
    client_uri: 'https://a.example/',
    logo_uri: 'https://a.example/logo',
    tos_uri: 'https://a.example/tos',
    policy_uri: 'https://a.example/policy',
    jwks_uri: 'https://a.example/jwks',
    scope: 'address email',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    grant_types: ['authorization_code', 'implicit', 'password', 'client_credentials', 'refresh_token'],
    response_types: ['code', 'none', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token'],
    id_token_signed_response_alg: 'ES256',
    id_token_encrypted_response_alg: 'RSA-OAEP',
    id_token_encrypted_response_enc: 'A256GCM',
    userinfo_signed_response_alg: 'RS256',
    request_object_signing_alg: 'RS256',
    request_uris: ['https://a.example/r1', 'https://a.example/r2'],
    authorization_signed_response_alg: 'PS256',
    backchannel_logout_uri: 'https://a.example/bl',
    backchannel_logout_session_required: true,
    frontchannel_logout_uri: 'https://a.example/fl',
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    tls_client_certificate_bound_access_tokens: true,
    tls_client_auth_subject_dn: 'CN=app',
  };

  it('come back as they were registered', () => {
    expect(shown(whole)).toMatchObject(whole);
  });

  it('that nobody gave have the defaults of the specification', () => {
    expect(shown({})).toMatchObject({
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code', 'none'],
      subject_type: 'public',
      post_logout_redirect_uris: base.redirect_uris,
      client_secret_expires_at: 0,
    });
  });

  it.each([
    [{ grant_types: ['client_credentials'] }, ['client_credentials'], []],
    [{ grant_types: ['implicit'] }, ['implicit'], ['id_token', 'id_token token']],
    [{ grant_types: [] }, ['authorization_code'], ['code', 'none']],
    [{ response_types: ['id_token'] }, ['implicit', 'refresh_token'], ['id_token', 'id_token token']],
    [{ grant_types: ['authorization_code'], response_types: ['id_token'] }, ['implicit'], ['id_token', 'id_token token']],
    [{ grant_types: ['implicit'], response_types: ['code'] }, ['authorization_code'], ['code', 'none']],
    [{ grant_types: ['nonsense'] }, [], []],
    [{ grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] }, ['urn:ietf:params:oauth:grant-type:device_code'], []],
  ] as const)('%j: grants and response types', (metadata, grants, responses) => {
    const { grant_types, response_types } = shown(metadata);
    expect([grant_types, response_types]).toEqual([grants, responses]);
  });

  it.each([
    ['none', true, 'none'],
    ['client_secret_post', false, 'client_secret_post'],
    ['client_secret_jwt', false, 'client_secret_jwt'],
    ['tls_client_auth', false, 'tls_client_auth'],
  ])('%s: how the client proves itself', (method, isPublic, told) => {
    const client = registered({ token_endpoint_auth_method: method });
    const metadata = metadataOfClient(client);
    expect([client.publicClient, metadata['token_endpoint_auth_method']]).toEqual([isPublic, told]);
    expect('client_secret' in metadata).toBe(method.startsWith('client_secret'));
  });

  it('that a change does not speak of stay', () => {
    const client = registered(whole);
    const change = { clientId: 'c', ...clientOfMetadata({ client_id: 'c', client_name: 'Other' }, scopes, false) };
    const changed = clientFromRepresentation(new Fields(change, 'client'), 'realm', { defaults: [], optionals: [] }, client);
    expect(metadataOfClient(changed)).toMatchObject({ ...whole, client_name: 'Other' });
  });

  it.each([
    { response_types: ['code nonsense'] },
    { token_endpoint_auth_method: 'self_signed_tls_client_auth' },
    { token_endpoint_auth_method: 'private_key_jwt' },
    { subject_type: 'pairwise' },
    { subject_type: 'nonsense' },
    { jwks: { keys: [] }, jwks_uri: 'https://a.example/jwks' },
    { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'secret' }] } },
    { jwks: { keys: 'none' } },
    { id_token_signed_response_alg: 'none' },
    { id_token_encrypted_response_alg: 'RSA1_5' },
    { request_uris: ['https://a.example/##https://b.example/'] },
    { default_acr_values: ['1', '9'] },
  ])('%j is refused', (metadata) => {
    expect(() => registered(metadata)).toThrow(
      expect.objectContaining({ statusCode: 400, body: expect.objectContaining({ error: 'invalid_client_metadata' }) }),
    );
  });
});
