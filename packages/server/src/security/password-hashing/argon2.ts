import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import { type CredentialData, one, type PasswordHash, type PasswordHasher, positive } from './password-hash.ts';

/** OWASP's second recommendation and Keycloak's default: 7 MiB, five passes, one lane, 32 bytes. */
export const ARGON2_DEFAULTS = { memoryKiB: 7168, iterations: 5, parallelism: 1, hashBytes: 32, type: 'id', version: '1.3' } as const;

const SALT_BYTES = 16;
/** The library's enums are `const enum`, which erasable syntax cannot import; these are their documented values. */
const ALGORITHM: Readonly<Record<string, number>> = { d: 0, i: 1, id: 2 };
const VERSION: Readonly<Record<string, number>> = { '1.0': 0, '1.3': 1 };
/** Stored parameters beyond these would let one imported credential stop the node. */
const MAX_MEMORY_KIB = 1_048_576;
const MAX_ITERATIONS = 1_000;
const MAX_PARALLELISM = 64;
const MAX_HASH_BYTES = 1_024;

async function compute(password: string, salt: Uint8Array, data: CredentialData): Promise<Buffer | undefined> {
  const extra = data.additionalParameters;
  const algorithm = ALGORITHM[one(extra, 'type') ?? ARGON2_DEFAULTS.type];
  const version = VERSION[one(extra, 'version') ?? ARGON2_DEFAULTS.version];
  const memoryCost = positive(one(extra, 'memory'), ARGON2_DEFAULTS.memoryKiB, MAX_MEMORY_KIB);
  const parallelism = positive(one(extra, 'parallelism'), ARGON2_DEFAULTS.parallelism, MAX_PARALLELISM);
  const outputLen = positive(one(extra, 'hashLength'), ARGON2_DEFAULTS.hashBytes, MAX_HASH_BYTES);
  const timeCost = positive(String(data.hashIterations), ARGON2_DEFAULTS.iterations, MAX_ITERATIONS);
  if (algorithm === undefined || version === undefined || !memoryCost || !parallelism || !outputLen || !timeCost) return undefined;
  return hashRaw(password, { algorithm, version, memoryCost, parallelism, outputLen, timeCost, salt });
}

/** Argon2 through a native library on the thread pool (RFC 9106). */
export const argon2: PasswordHasher = {
  algorithm: 'argon2',
  defaultIterations: ARGON2_DEFAULTS.iterations,

  async hash(password: string, iterations: number): Promise<PasswordHash> {
    const salt = randomBytes(SALT_BYTES);
    const data: CredentialData = {
      hashIterations: iterations,
      algorithm: 'argon2',
      additionalParameters: {
        hashLength: [String(ARGON2_DEFAULTS.hashBytes)],
        memory: [String(ARGON2_DEFAULTS.memoryKiB)],
        type: [ARGON2_DEFAULTS.type],
        version: [ARGON2_DEFAULTS.version],
        parallelism: [String(ARGON2_DEFAULTS.parallelism)],
      },
    };
    const value = await compute(password, salt, data);
    if (value === undefined) throw new RangeError(`argon2 cannot run ${iterations} iterations`);
    return { data, secret: { value: value.toString('base64'), salt: salt.toString('base64'), additionalParameters: {} } };
  },

  async verify(password: string, stored: PasswordHash): Promise<boolean> {
    const expected = Buffer.from(stored.secret.value, 'base64');
    const actual = await compute(password, Buffer.from(stored.secret.salt, 'base64'), stored.data);
    return actual !== undefined && actual.length === expected.length && timingSafeEqual(actual, expected);
  },

  isCurrent(data: CredentialData, iterations: number): boolean {
    const extra = data.additionalParameters;
    return (
      data.hashIterations === iterations &&
      one(extra, 'memory') === String(ARGON2_DEFAULTS.memoryKiB) &&
      one(extra, 'type') === ARGON2_DEFAULTS.type &&
      one(extra, 'version') === ARGON2_DEFAULTS.version &&
      one(extra, 'parallelism') === String(ARGON2_DEFAULTS.parallelism) &&
      one(extra, 'hashLength') === String(ARGON2_DEFAULTS.hashBytes)
    );
  },
};
