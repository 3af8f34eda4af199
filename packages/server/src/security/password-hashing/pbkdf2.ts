import { pbkdf2 as pbkdf2Callback, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { CredentialData, PasswordHash, PasswordHasher } from './password-hash.ts';

const derive = promisify(pbkdf2Callback);
const SALT_BYTES = 16;
/** An imported credential may ask for more work than we would, but not for so much that it stops the node. */
const MAX_ITERATIONS = 10_000_000;
const MAX_HASH_BYTES = 1_024;

/** PBKDF2 (RFC 8018) with one digest; the length of an old hash is whatever was stored. */
function pbkdf2(algorithm: string, digest: string, defaultIterations: number, hashBytes: number): PasswordHasher {
  return {
    algorithm,
    defaultIterations,

    async hash(password: string, iterations: number): Promise<PasswordHash> {
      const salt = randomBytes(SALT_BYTES);
      const value = await derive(password, salt, iterations, hashBytes, digest);
      return {
        data: { hashIterations: iterations, algorithm, additionalParameters: {} },
        secret: { value: value.toString('base64'), salt: salt.toString('base64'), additionalParameters: {} },
      };
    },

    async verify(password: string, stored: PasswordHash): Promise<boolean> {
      const expected = Buffer.from(stored.secret.value, 'base64');
      const { hashIterations } = stored.data;
      if (!Number.isInteger(hashIterations) || hashIterations < 1 || hashIterations > MAX_ITERATIONS) return false;
      if (expected.length === 0 || expected.length > MAX_HASH_BYTES) return false;
      const actual = await derive(password, Buffer.from(stored.secret.salt, 'base64'), hashIterations, expected.length, digest);
      return timingSafeEqual(actual, expected);
    },

    isCurrent: (data: CredentialData, iterations: number) => data.hashIterations === iterations,
  };
}

export const pbkdf2Sha512 = pbkdf2('pbkdf2-sha512', 'sha512', 210_000, 64);
export const pbkdf2Sha256 = pbkdf2('pbkdf2-sha256', 'sha256', 600_000, 32);
/** The oldest form; verified so that imported users can log in, upgraded then. */
export const pbkdf2Sha1 = pbkdf2('pbkdf2', 'sha1', 1_300_000, 20);
