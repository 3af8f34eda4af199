import { expect, it } from 'vitest';
import { argon2 } from './argon2.ts';
import { hashingStrength } from './hashing-strength.ts';

it('writes the strength of a stored hash as the original does', async () => {
  expect(hashingStrength((await argon2.hash('x', 5)).data)).toBe('Argon2id-1.3[m=7168,t=5,p=1]');
  expect(hashingStrength({ algorithm: 'pbkdf2-sha512', hashIterations: 210_000, additionalParameters: {} })).toBe('210000');
});
