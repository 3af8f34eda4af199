import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assertion, useAssertion } from '../testing/client-assertions.ts';
import { loginServer } from '../testing/login-server.ts';
import { fittingKeys, parseKeySet } from './outside-key.ts';

const NOW = 1_800_000_000;

describe('a key that is stored with its client', () => {
  it('is taken with and without the lines of PEM', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    for (const text of [pem, pem.replace(/-----.*-----|\n/g, '')]) {
      const attributes = { 'jwt.credential.public.key': text };
      const server = await loginServer({ client: { publicClient: false, clientAuthenticatorType: 'client-jwt', attributes } });
      const signed = await assertion(privateKey, NOW, { header: { alg: 'PS256' } });
      expect((await useAssertion(server, signed)).statusCode).toBe(200);
    }
  });

  it('that is none lets nobody in', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const attributes of [{}, { 'jwt.credential.certificate': 'AAAA' }, { 'use.jwks.string': 'true', 'jwks.string': '[]' }]) {
      const server = await loginServer({ client: { publicClient: false, clientAuthenticatorType: 'client-jwt', attributes } });
      const answer = await useAssertion(server, await assertion(privateKey, NOW, { header: { alg: 'RS256' } }));
      expect(answer.json().error_description).toBe('Unable to load public key');
    }
  });
});

describe('a key set', () => {
  it.each(['', 'null', '[]', '{}', '{"keys":{}}', '{"keys":1}', `{"keys":[${'{},'.repeat(100)}{}]}`])(
    'that is none is refused: %.40s',
    (text) => expect(() => parseKeySet(text)).toThrow(),
  );

  it('gives what can be used of it, and of keys of one id those that fit', () => {
    const keys = parseKeySet(JSON.stringify({ keys: [null, 1, {}, { kty: 'RSA', n: 'AA' }, jwk('P-256'), jwk('P-384')] }));
    expect(keys).toHaveLength(2);
    for (const [algorithm, count] of [
      ['ES256', 1],
      ['ES384', 1],
      ['RS256', 0],
      ['HS256', 0],
      ['none', 0],
    ] as const) {
      expect(fittingKeys(keys, { use: 'sig', algorithm, kid: 'k' })).toHaveLength(count);
    }
    expect(fittingKeys(keys, { use: 'sig', algorithm: 'ES256', kid: 'other' })).toHaveLength(0);
  });
});

function jwk(namedCurve: string): object {
  return { ...generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' }), kid: 'k' };
}
