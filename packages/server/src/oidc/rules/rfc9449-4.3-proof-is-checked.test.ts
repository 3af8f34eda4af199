import { generateKeyPairSync } from 'node:crypto';
import { exportJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { loginServer } from '../../testing/login-server.ts';
import { type ProofKey, type ProofParts, proof, proofKey, TOKEN_URL } from '../../testing/proofs.ts';
import { postForm } from '../../testing/protocol-forms.ts';

const NOW = 1_800_000_000;
const form = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };

async function ask(text: string) {
  const server = await loginServer();
  return postForm(server, 'protocol/openid-connect/token', form, { dpop: text });
}

type Fault = (key: ProofKey) => Omit<ProofParts, 'nowSeconds'> | Promise<Omit<ProofParts, 'nowSeconds'>>;

describe('RFC 9449 section 4.3: a proof is checked in every part', () => {
  it.each<[string, Omit<ProofParts, 'nowSeconds'>]>([
    ['as it should be', {}],
    ['for the same address with query and fragment', { url: `${TOKEN_URL}?a=b#c` }],
    ['for the same address with its default port', { url: TOKEN_URL.replace('login.test', 'login.test:80') }],
    ['a little older', { claims: { iat: NOW - 20 } }],
    ['of a clock that is a little ahead', { claims: { iat: NOW + 10 } }],
  ])('takes a proof %s', async (_name, parts) => {
    expect((await ask(await proof(await proofKey(), { nowSeconds: NOW, ...parts }))).statusCode).toBe(200);
  });

  it.each<[string, Fault, string]>([
    ['another typ', () => ({ header: { typ: 'JWT' } }), 'Invalid or missing type in DPoP header'],
    ['no typ', () => ({ header: { typ: undefined } }), 'Invalid or missing type in DPoP header'],
    [
      'a symmetric algorithm',
      () => ({ header: { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }, signWith: new Uint8Array(32) }),
      'Unsupported DPoP algorithm',
    ],
    ['no key', () => ({ header: { jwk: undefined } }), 'No JWK in DPoP header'],
    ['a key that is none', () => ({ header: { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } } }), 'DPoP verification failure'],
    [
      'a private key',
      async (key) => ({ header: { jwk: { ...key.jwk, d: (await exportJWK(key.privateKey)).d } } }),
      'Private key material must not be present in DPoP JWK',
    ],
    ['the key of another', async () => ({ header: { jwk: (await proofKey()).jwk } }), 'DPoP verification failure'],
    [
      'a key of another curve',
      async () => ({ header: { jwk: { ...(await exportJWK(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)) } } }),
      'DPoP verification failure',
    ],
    ['another method', () => ({ method: 'GET' }), 'DPoP HTTP method mismatch'],
    ['a method in small letters', () => ({ method: 'post' }), 'DPoP HTTP method mismatch'],
    ['another path', () => ({ url: `${TOKEN_URL}/introspect` }), 'DPoP HTTP URL mismatch'],
    ['another host', () => ({ url: TOKEN_URL.replace('login.test', 'evil.test') }), 'DPoP HTTP URL mismatch'],
    ['another scheme', () => ({ url: TOKEN_URL.replace('http:', 'https:') }), 'DPoP HTTP URL mismatch'],
    ['an address that is none', () => ({ url: 'token' }), 'DPoP HTTP URL mismatch'],
    ['no jti', () => ({ claims: { jti: undefined } }), 'DPoP mandatory claims are missing'],
    ['no iat', () => ({ claims: { iat: undefined } }), 'DPoP mandatory claims are missing'],
    ['an iat that is text', () => ({ claims: { iat: String(NOW) } }), 'DPoP mandatory claims are missing'],
    ['no htm', () => ({ claims: { htm: undefined } }), 'DPoP mandatory claims are missing'],
    ['no htu', () => ({ claims: { htu: undefined } }), 'DPoP mandatory claims are missing'],
    ['an old iat', () => ({ claims: { iat: NOW - 26 } }), 'DPoP proof is not active'],
    ['an iat in the future', () => ({ claims: { iat: NOW + 16 } }), 'DPoP proof is not active'],
    ['a critical extension', () => ({ header: { crit: ['b64'], b64: true } }), 'DPoP header verification failure'],
  ])('refuses a proof with %s', async (_fault, parts, description) => {
    const key = await proofKey();
    const answer = await ask(await proof(key, { nowSeconds: NOW, ...(await parts(key)) }));
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'invalid_dpop_proof', error_description: description }]);
  });

  it.each<[string, (good: string) => string]>([
    ['a broken signature', (good) => `${good.slice(0, -4)}AAAA`],
    ['no signature', (good) => `${good.split('.').slice(0, 2).join('.')}.`],
    ['alg none', (good) => `${Buffer.from('{"alg":"none","typ":"dpop+jwt"}').toString('base64url')}.${good.split('.')[1]}.`],
    ['two proofs', (good) => `${good},${good}`],
    ['nothing', () => ''],
    ['no token', () => 'xyz'],
    ['ten thousand characters', () => 'a.'.repeat(5_000)],
  ])('refuses %s', async (_fault, change) => {
    const answer = await ask(change(await proof(await proofKey(), { nowSeconds: NOW })));
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'invalid_dpop_proof']);
  });
});
