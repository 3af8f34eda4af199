import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Client } from '../../model/index.ts';
import { type AssertionParts, assertion, type ClientKey, clientKey, ISSUER, useAssertion } from '../../testing/client-assertions.ts';
import { loginServer } from '../../testing/login-server.ts';

const NOW = 1_800_000_000;
const SECRET = 'a-secret-of-the-client-that-is-long-enough-for-every-hash-0123456';
const WRONG = { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' };

function withKey(key: ClientKey, attributes: Record<string, string> = {}): Partial<Client> {
  const keys = { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify({ keys: [key.jwk] }) };
  return { publicClient: false, clientAuthenticatorType: 'client-jwt', attributes: { ...keys, ...attributes } };
}

const withSecret: Partial<Client> = { publicClient: false, clientAuthenticatorType: 'client-secret-jwt', secret: SECRET };
const invalid = (description: string) => ({ error: 'invalid_client', error_description: description });

describe('RFC 7523 section 3: the assertion of a client is checked in every part', () => {
  it.each<[string, AssertionParts, Record<string, string>?]>([
    ['for the issuer', { header: { kid: 'k' } }],
    ['without a key id', {}],
    ['for the token endpoint', { claims: { aud: `${ISSUER}/protocol/openid-connect/token` } }],
    ['for the issuer in a list of one', { claims: { aud: [ISSUER] } }],
    ['of its own type', { header: { typ: 'client-authentication+jwt' } }],
    ['of a clock that is a little ahead', { claims: { iat: NOW + 10, nbf: NOW + 10 } }],
    ['without iat', { claims: { iat: undefined } }],
    ['with an end that lies far away', { claims: { exp: NOW + 31_536_000 } }],
    ['beside its client_id', {}, { client_id: 'app' }],
  ])('takes one %s', async (_name, parts, form) => {
    const key = await clientKey('k');
    const server = await loginServer({ client: withKey(key) });
    expect((await useAssertion(server, await assertion(key.privateKey, NOW, parts), form)).statusCode).toBe(200);
  });

  it.each<[string, AssertionParts, number, object]>([
    ['for somebody else', { claims: { aud: 'https://other.example' } }, 400, invalid('Invalid token audience')],
    ['for another realm', { claims: { aud: ISSUER.replace('test', 'other') } }, 400, invalid('Invalid token audience')],
    ['for nobody', { claims: { aud: undefined } }, 400, invalid('Invalid token audience')],
    ['for two', { claims: { aud: [ISSUER, 'https://other.example'] } }, 400, invalid('Multiple audiences not allowed')],
    ['without an end', { claims: { exp: undefined } }, 400, invalid('Token exp claim is required')],
    ['with an end that is text', { claims: { exp: '1900000000' } }, 400, invalid('Token exp claim is required')],
    ['that is over', { claims: { exp: NOW } }, 400, invalid('Token is not active')],
    [
      'with an end that lies far away and no beginning',
      { claims: { iat: undefined, exp: NOW + 61 } },
      400,
      invalid('Token expiration is too far in the future and iat claim not present in token'),
    ],
    ['that was issued long ago', { claims: { iat: NOW - 61 } }, 400, invalid('Token was issued too far in the past to be used now')],
    ['that is not good yet', { claims: { nbf: NOW + 16 } }, 400, invalid('Token is not active')],
    ['from the future', { claims: { iat: NOW + 16 } }, 400, invalid('Token was issued in the future')],
    ['without an id', { claims: { jti: undefined } }, 400, invalid('Token jti claim is required')],
    ['with an empty id', { claims: { jti: '' } }, 400, invalid('Token jti claim is required')],
    ['without a subject', { claims: { sub: undefined } }, 401, WRONG],
    ['without an issuer', { claims: { iss: undefined } }, 401, WRONG],
    ['of another issuer', { claims: { iss: 'other' } }, 401, WRONG],
    ['of a client that is not there', { claims: { iss: 'nobody', sub: 'nobody' } }, 401, WRONG],
    ['of a client that has no keys', { claims: { iss: 'other', sub: 'other' } }, 401, WRONG],
    ['of another type', { header: { typ: 'dpop+jwt' } }, 400, invalid('Invalid token type')],
    ['with an unknown key id', { header: { kid: 'zz' } }, 400, invalid('Unable to load public key')],
    ['that brings its key along', { header: { jwk: { kty: 'EC' } } }, 400, invalid('Invalid signature algorithm')],
    ['that says where its key is', { header: { jku: 'https://evil.example/jwks' } }, 400, invalid('Invalid signature algorithm')],
  ])('refuses one %s', async (_fault, parts, status, body) => {
    const key = await clientKey('k');
    const server = await loginServer({ client: withKey(key) });
    const answer = await useAssertion(server, await assertion(key.privateKey, NOW, parts));
    expect([answer.statusCode, answer.json()]).toEqual([status, body]);
  });

  it('refuses the key of another, other algorithms than the chosen one, and a secret in place of the key', async () => {
    const key = await clientKey('k');
    const refusal = async (client: Partial<Client>, text: string) =>
      (await useAssertion(await loginServer({ client }), text)).json().error_description;
    const { privateKey } = await clientKey('k');
    expect(await refusal(withKey(key), await assertion(privateKey, NOW))).toContain('Signature on JWT token failed validation');
    const chosen = { 'token.endpoint.auth.signing.alg': 'PS256' };
    expect(await refusal(withKey(key, chosen), await assertion(key.privateKey, NOW))).toBe('Invalid signature algorithm');
    // Key confusion: the public key, which everybody has, as the secret of an HMAC.
    const published = new TextEncoder().encode(JSON.stringify(key.jwk));
    const confused = await assertion(published, NOW, { header: { alg: 'HS256', kid: 'k' } });
    expect(await refusal(withKey(key), confused)).toBe('Invalid signature algorithm');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect(await refusal(withKey(key), await assertion(rsa, NOW, { header: { alg: 'RS256', kid: 'k' } }))).toBe(
      'Unable to load public key',
    );
  });

  it('takes the signature of a secret from clients that are to sign with it', async () => {
    const secret = new TextEncoder().encode(SECRET);
    const use = async (key: Uint8Array, header: Record<string, unknown>, client: Partial<Client> = withSecret) =>
      useAssertion(await loginServer({ client }), await assertion(key, NOW, { header }));
    for (const alg of ['HS256', 'HS384', 'HS512']) expect((await use(secret, { alg })).statusCode).toBe(200);
    const other = await use(new Uint8Array(64), { alg: 'HS256' });
    expect([other.statusCode, other.json().error]).toEqual([400, 'unauthorized_client']);
    expect((await use(secret, { alg: 'HS256' }, { ...withSecret, secret: undefined })).statusCode).toBe(401);
    expect((await use(new Uint8Array(64), { alg: 'HS256' }, { ...withSecret, secret: '' })).statusCode).toBe(401);
    expect((await use(secret, { alg: 'HS256' }, { ...withSecret, clientAuthenticatorType: 'client-secret' })).statusCode).toBe(401);
  });

  it('is used once, of however many tries at once', async () => {
    const key = await clientKey('k');
    const server = await loginServer({ client: withKey(key) });
    const text = await assertion(key.privateKey, NOW);
    const answers = await Promise.all([1, 2, 3, 4].map(() => useAssertion(server, text)));
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    expect((await useAssertion(server, text)).json()).toEqual(invalid('Token reuse detected'));
  });

  it('is remembered as used while it counts, and not for as long as it says (CVE-2025-2559)', async () => {
    const key = await clientKey('k');
    const server = await loginServer({ client: withKey(key, { 'token.endpoint.auth.signing.max.exp': '120' }) });
    const text = await assertion(key.privateKey, NOW, { claims: { exp: NOW + 31_536_000 } });
    const outcomes = [];
    for (const waitSeconds of [0, 60, 60, 1]) {
      server.context.clock.advanceSeconds(waitSeconds);
      outcomes.push((await useAssertion(server, text)).json().error_description);
    }
    const [first, ...later] = outcomes;
    expect(first).toBeUndefined();
    expect(later).toEqual(['Token reuse detected', 'Token reuse detected', 'Token was issued too far in the past to be used now']);
  });

  it('wants the type of RFC 7523, and an assertion to it', async () => {
    const key = await clientKey('k');
    const server = await loginServer({ client: withKey(key) });
    const text = await assertion(key.privateKey, NOW);
    const outcomes = [
      await useAssertion(server, text, { client_assertion_type: 'x' }),
      await useAssertion(server, text, { client_assertion_type: undefined }),
      await useAssertion(server, '', {}),
      await useAssertion(server, 'a.b.c'),
      await useAssertion(server, `${text}x`.repeat(100)),
      await useAssertion(server, text, { client_id: 'other' }),
    ];
    expect(outcomes.map((answer) => answer.statusCode)).toEqual([401, 401, 401, 401, 401, 200]);
    expect((await useAssertion(server, text)).statusCode, 'client "other" is public, so the assertion was not looked at').toBe(200);
  });

  it('is said in the discovery document', async () => {
    const { app } = await loginServer();
    const document = (await app.inject('/realms/test/.well-known/openid-configuration')).json();
    expect(document.token_endpoint_auth_methods_supported).toEqual(
      expect.arrayContaining(['private_key_jwt', 'client_secret_jwt', 'client_secret_basic', 'client_secret_post']),
    );
    expect(document.token_endpoint_auth_signing_alg_values_supported).toContain('PS256');
    expect(document.token_endpoint_auth_signing_alg_values_supported).not.toContain('none');
  });
});
