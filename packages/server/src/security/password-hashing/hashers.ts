import { argon2 } from './argon2.ts';
import type { PasswordHasher } from './password-hash.ts';
import { pbkdf2Sha1, pbkdf2Sha256, pbkdf2Sha512 } from './pbkdf2.ts';

const hashers: ReadonlyMap<string, PasswordHasher> = new Map(
  [argon2, pbkdf2Sha512, pbkdf2Sha256, pbkdf2Sha1].map((hasher) => [hasher.algorithm, hasher]),
);

/** What new passwords are hashed with where the policy names nothing else. */
export const defaultHasher: PasswordHasher = argon2;

/** The hasher of an algorithm name; undefined for an unknown one. */
export function hasherOf(algorithm: string): PasswordHasher | undefined {
  return hashers.get(algorithm);
}
