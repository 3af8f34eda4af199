import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../testing/seeded-random.ts';
import { jwsAlgorithms, keyFits } from '../token/jws-algorithms.ts';
import { fittingKeys, type OutsideKey, parseKeySet } from './outside-key.ts';

const CASES = 1_500;
const good = [
  { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }), kid: 'a', use: 'sig', alg: 'RS256' },
  { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: 'b', use: 'enc' },
  { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'c' },
];
const values = [
  null,
  '',
  'AA',
  'x'.repeat(5_000),
  7,
  -1,
  {},
  [],
  true,
  'P-384',
  'P-521',
  'secp256k1',
  'oct',
  'RSA',
  'EC',
  'OKP',
  'AQAB',
  'AQ',
];

/** A key set with some members put in place of others, cut, or repeated. */
function mutated(seed: number): string {
  const random = new SeededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const keys = good.map((key) => {
    const changed: Record<string, unknown> = { ...key };
    for (let change = 0; change < 2; change += 1)
      changed[pick(['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'use', 'alg', 'd', 'k'])] = pick(values);
    return changed;
  });
  const text = JSON.stringify({ keys: random.below(10) < 1 ? Array.from({ length: 200 }, () => keys[0]) : keys });
  if (random.below(10) < 2) return text.slice(0, random.below(text.length));
  return random.below(10) < 1 ? `${'['.repeat(10_000)}${text}` : text;
}

describe('key sets that somebody changed', () => {
  it(`give usable keys or an error, in ${CASES} cases`, () => {
    for (let seed = 1; seed <= CASES; seed += 1) {
      const text = mutated(seed);
      let keys: readonly OutsideKey[] = [];
      try {
        keys = parseKeySet(text);
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(Error);
      }
      for (const { name, keyType } of jwsAlgorithms.values()) {
        for (const { key } of fittingKeys(keys, { use: 'sig', algorithm: name, kid: undefined })) {
          const algorithm = jwsAlgorithms.get(name);
          // No secret, no private half, no curve and no size but that of the algorithm.
          expect([keyType === 'oct', key.type, algorithm && keyFits(algorithm, key)], `seed ${seed}, ${name}`).toEqual([
            false,
            'public',
            true,
          ]);
        }
      }
    }
  });
});
