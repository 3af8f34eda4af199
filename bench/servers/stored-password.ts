import { argon2Sync, randomBytes } from 'node:crypto';

const cost = { parallelism: 1, tagLength: 32, memory: 7_168, passes: 5 };
const known = new Map<string, Readonly<Record<string, unknown>>>();

/**
 * A password as an export holds it, with both servers' default hash. Made once for all realms and nodes of a process: nodes that import a plain
 * password at the same time would each hash it.
 */
export function storedPassword(password: string): Readonly<Record<string, unknown>> {
  const held = known.get(password);
  if (held !== undefined) return held;
  const salt = randomBytes(16);
  const value = argon2Sync('argon2id', { message: password, nonce: salt, ...cost });
  const credential = {
    type: 'password',
    secretData: JSON.stringify({ value: value.toString('base64'), salt: salt.toString('base64'), additionalParameters: {} }),
    credentialData: JSON.stringify({
      hashIterations: cost.passes,
      algorithm: 'argon2',
      additionalParameters: {
        hashLength: [`${cost.tagLength}`],
        memory: [`${cost.memory}`],
        type: ['id'],
        version: ['1.3'],
        parallelism: [`${cost.parallelism}`],
      },
    }),
  };
  known.set(password, credential);
  return credential;
}
