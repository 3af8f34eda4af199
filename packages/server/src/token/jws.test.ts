import { createHmac, createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { compactVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { realmKeyFixture } from '../testing/fixtures.ts';
import { decodeJws, encodeHeader, MAX_TOKEN_LENGTH, signJws, verifyJws } from './jws.ts';
import { type JwsAlgorithm, jwsAlgorithms } from './jws-algorithms.ts';

const claims = { sub: 'alice', n: 1 };
const segment = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function algorithmNamed(name: string): JwsAlgorithm {
  const algorithm = jwsAlgorithms.get(name);
  if (!algorithm) throw new Error(name);
  return algorithm;
}

function keysFor(name: string): { signing: KeyObject; verifying: KeyObject } {
  const key = realmKeyFixture(name);
  if (key.secret) {
    const secret = createSecretKey(key.secret);
    return { signing: secret, verifying: secret };
  }
  return {
    signing: createPrivateKey({ key: Buffer.from(key.privateKey ?? []), format: 'der', type: 'pkcs8' }),
    verifying: createPublicKey({ key: Buffer.from(key.publicKey ?? []), format: 'der', type: 'spki' }),
  };
}

describe.each([...jwsAlgorithms.keys()])('%s', (name) => {
  const algorithm = algorithmNamed(name);
  const { signing, verifying } = keysFor(name);

  it('makes signatures that jose accepts, and accepts those of jose', async () => {
    const ours = await signJws(algorithm, signing, encodeHeader({ alg: name, typ: 'JWT', kid: 'k' }), JSON.stringify(claims));
    const seen = await compactVerify(ours, verifying, { algorithms: [name] });
    expect(JSON.parse(Buffer.from(seen.payload).toString())).toEqual(claims);
    const theirs = decodeJws(await new SignJWT(claims).setProtectedHeader({ alg: name, typ: 'JWT', kid: 'k' }).sign(signing));
    expect(theirs && verifyJws(theirs, algorithm, verifying)).toBe(true);
  });

  it('refuses a changed payload and a changed signature', async () => {
    const token = await signJws(algorithm, signing, encodeHeader({ alg: name }), JSON.stringify(claims));
    const [header = '', payload = '', signature = ''] = token.split('.');
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    for (const forged of [
      `${header}.${segment({ ...claims, sub: 'bob' })}.${signature}`,
      `${header}.${payload}.${flipped}`,
      `${header}.${payload}.${segment('x')}`,
    ]) {
      const decoded = decodeJws(forged);
      expect(decoded === undefined || verifyJws(decoded, algorithm, verifying)).toBe(false);
    }
  });

  it('does not take a key of another kind', async () => {
    for (const other of ['RS256', 'ES256', 'EdDSA', 'HS256', 'ES384']) {
      if (algorithmNamed(other).keyType === algorithm.keyType && algorithmNamed(other).curve === algorithm.curve) continue;
      const foreign = keysFor(other);
      await expect(signJws(algorithm, foreign.signing, encodeHeader({ alg: name }), '{}')).rejects.toThrow(TypeError);
      const decoded = decodeJws(await signJws(algorithm, signing, encodeHeader({ alg: name }), '{}'));
      expect(decoded && verifyJws(decoded, algorithm, foreign.verifying)).toBe(false);
    }
  });
});

describe('algorithm confusion', () => {
  it('does not let a public key serve as an HMAC secret', () => {
    const { verifying } = keysFor('RS256');
    const input = `${segment({ alg: 'HS256' })}.${segment(claims)}`;
    const forged = `${input}.${createHmac('sha256', verifying.export({ format: 'pem', type: 'spki' }))
      .update(input)
      .digest('base64url')}`;
    const decoded = decodeJws(forged);
    expect(decoded && verifyJws(decoded, algorithmNamed('RS256'), verifying)).toBe(false);
    expect(decoded && verifyJws(decoded, algorithmNamed('HS256'), verifying)).toBe(false);
  });

  it('does not let the header choose another algorithm of the same key', async () => {
    const { signing, verifying } = keysFor('RS256');
    const decoded = decodeJws(await signJws(algorithmNamed('PS256'), signing, encodeHeader({ alg: 'PS256' }), '{}'));
    expect(decoded && verifyJws(decoded, algorithmNamed('RS256'), verifying)).toBe(false);
  });

  it('does not sign or verify with short RSA keys', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    await expect(signJws(algorithmNamed('RS256'), short.privateKey, encodeHeader({ alg: 'RS256' }), '{}')).rejects.toThrow(TypeError);
  });
});

describe('parsing', () => {
  const good = [segment({ alg: 'HS256' }), segment(claims), segment('signature')] as const;

  it('takes a token apart', () => {
    expect(decodeJws(good.join('.'))).toMatchObject({
      header: { alg: 'HS256' },
      payload: claims,
      signingInput: good.slice(0, 2).join('.'),
    });
  });

  it.each([
    ['nothing', ''],
    ['dots', '..'],
    ['two parts', good.slice(0, 2).join('.')],
    ['no signature', `${good[0]}.${good[1]}.`],
    ['four parts', `${good.join('.')}.x`],
    ['alg none', `${segment({ alg: 'none' })}.${good[1]}.${good[2]}`],
    ['alg in other letters', `${segment({ alg: 'hs256' })}.${good[1]}.${good[2]}`],
    ['no alg', `${segment({ typ: 'JWT' })}.${good[1]}.${good[2]}`],
    ['alg that is no text', `${segment({ alg: 1 })}.${good[1]}.${good[2]}`],
    ['a doubled alg', `${segment('{"alg":"none","alg":"HS256"}')}.${good[1]}.${good[2]}`],
    ['an escaped alg', `${segment('{"\\u0061lg":"HS256"}')}.${good[1]}.${good[2]}`],
    ['an embedded key', `${segment({ alg: 'HS256', jwk: {} })}.${good[1]}.${good[2]}`],
    ['a key address', `${segment({ alg: 'HS256', jku: 'https://x' })}.${good[1]}.${good[2]}`],
    ['a certificate', `${segment({ alg: 'HS256', x5c: [] })}.${good[1]}.${good[2]}`],
    ['critical extensions', `${segment({ alg: 'HS256', crit: ['b64'], b64: false })}.${good[1]}.${good[2]}`],
    ['a long header', `${segment({ alg: 'HS256', kid: 'x'.repeat(2_000) })}.${good[1]}.${good[2]}`],
    ['a payload that is no object', `${good[0]}.${segment([1])}.${good[2]}`],
    ['a payload that is no JSON', `${good[0]}.${segment('{')}.${good[2]}`],
    ['padding', `${good[0]}.${good[1]}=.${good[2]}`],
    ['plain base64', `${good[0]}.${good[1]}+.${good[2]}`],
    ['white space', ` ${good.join('.')}`],
    ['a line feed', `${good.join('.')}\n`],
    ['spare bits in the signature', `${good[0]}.${good[1]}.AB`],
    ['too much', `${good[0]}.${'A'.repeat(MAX_TOKEN_LENGTH)}.${good[2]}`],
  ])('refuses %s', (_name, token) => {
    expect(decodeJws(token)).toBeUndefined();
  });
});
