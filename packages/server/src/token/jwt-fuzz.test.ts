import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { checkProof } from '../security/dpop/proof.ts';
import { assertion, type ClientKey, clientKey, useAssertion } from '../testing/client-assertions.ts';
import { jwtMutations, type MutationInput, type Random } from '../testing/jwt-mutations.ts';
import { loginServer } from '../testing/login-server.ts';
import { proof, proofKey } from '../testing/proofs.ts';
import { postForm } from '../testing/protocol-forms.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { decodeJws, decodeJwsWithKey, verifyJws } from './jws.ts';
import { jwsAlgorithms } from './jws-algorithms.ts';

const NOW = 1_800_000_000;
const SEEDS = 40;

function randomOf(seed: number): Random {
  const random = new SeededRandom(seed);
  return () => random.below(1_000_000) / 1_000_000;
}

const pemOf = (key: KeyObject): string =>
  (key.type === 'public' ? key : createPublicKey(key)).export({ format: 'pem', type: 'spki' }).toString();

/** Every mutation of a token with some seeds; what `accepts` says of each must be no. */
async function refusesAll(input: Omit<MutationInput, 'random'>, accepts: (token: string) => boolean | Promise<boolean>, seeds = SEEDS) {
  const accepted: string[] = [];
  for (const [name, mutate] of Object.entries(jwtMutations)) {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const token = mutate({ ...input, random: randomOf(seed) });
      if (token !== input.token && (await accepts(token))) accepted.push(`${name}, seed ${seed}`);
    }
  }
  return accepted;
}

describe('tokens that somebody changed', () => {
  it.each([
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
    ['PS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
    ['EdDSA', generateKeyPairSync('ed25519').privateKey],
  ])('are not taken for signed by %s', async (alg, privateKey) => {
    const token = await new SignJWT({ iss: 'a', sub: 'b', aud: 'c', exp: NOW }).setProtectedHeader({ alg, kid: 'k' }).sign(privateKey);
    const key = createPublicKey(privateKey);
    const algorithm = jwsAlgorithms.get(alg);
    const signed = (text: string, decode = decodeJws): boolean => {
      const decoded = decode(text);
      return decoded !== undefined && algorithm !== undefined && verifyJws(decoded, algorithm, key);
    };
    expect(signed(token)).toBe(true);
    const input = { token, publicKey: pemOf(privateKey) };
    expect(await refusesAll(input, (text) => signed(text) || signed(text, decodeJwsWithKey))).toEqual([]);
  });

  it('are no proofs of possession', async () => {
    const key = await proofKey();
    const url = 'http://login.test/x';
    const token = await proof(key, { url, nowSeconds: NOW });
    const expected = { method: 'POST', url, nowSeconds: NOW };
    expect(checkProof(token, expected).ok).toBe(true);
    const input = { token, publicKey: pemOf(key.privateKey) };
    // A proof with a key of somebody else in it is his own proof where he signed it; here nobody did.
    expect(await refusesAll(input, (text) => checkProof(text, expected).ok)).toEqual([]);
  });

  it('let no client in, and answer no 500', async () => {
    const key: ClientKey = await clientKey('k');
    const attributes = { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify({ keys: [key.jwk] }) };
    const server = await loginServer({ client: { publicClient: false, clientAuthenticatorType: 'client-jwt', attributes } });
    const token = await assertion(key.privateKey, NOW, { header: { kid: 'k' } });
    const input = { token, publicKey: pemOf(key.privateKey) };
    const statuses = new Set<number>();
    const accepts = async (text: string): Promise<boolean> => {
      const answer = await useAssertion(server, text);
      statuses.add(answer.statusCode);
      return answer.statusCode === 200;
    };
    expect(await refusesAll(input, accepts, 8)).toEqual([]);
    expect([...statuses].filter((status) => status !== 400 && status !== 401)).toEqual([]);
    expect((await useAssertion(server, token)).statusCode).toBe(200);
  });

  it('are no access tokens', async () => {
    const server = await loginServer();
    const form = { client_id: 'app', grant_type: 'password', username: 'alice', password: 'secret', scope: 'openid' };
    const { access_token: token } = (await postForm(server, 'protocol/openid-connect/token', form)).json();
    const { realm, context } = server;
    const good = async (text: string) => (await context.tokens.bearer(realm, 'http://login.test/realms/test', text)).ok;
    expect(await good(token)).toBe(true);
    const [key] = context.state.data.keys.get(realm.id) ?? [];
    const publicKey = createPublicKey({ key: Buffer.from(key?.publicKey ?? []), format: 'der', type: 'spki' });
    expect(await refusesAll({ token, publicKey: pemOf(publicKey) }, good, 10)).toEqual([]);
  });
});
