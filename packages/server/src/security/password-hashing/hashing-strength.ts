import { ARGON2_DEFAULTS } from './argon2.ts';
import { type CredentialData, one } from './password-hash.ts';

/** What a stored hash costs, as Keycloak's metrics write it: `Argon2id-1.3[m=7168,t=5,p=1]`, or the iterations of PBKDF2. */
export function hashingStrength({ algorithm, hashIterations, additionalParameters }: CredentialData): string {
  if (algorithm !== 'argon2') return String(hashIterations);
  const type = one(additionalParameters, 'type') ?? ARGON2_DEFAULTS.type;
  const version = one(additionalParameters, 'version') ?? ARGON2_DEFAULTS.version;
  const memory = one(additionalParameters, 'memory') ?? ARGON2_DEFAULTS.memoryKiB;
  const parallelism = one(additionalParameters, 'parallelism') ?? ARGON2_DEFAULTS.parallelism;
  return `Argon2${type}-${version}[m=${memory},t=${hashIterations},p=${parallelism}]`;
}
