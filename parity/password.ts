import { argon2Sync } from 'node:crypto';

const memoryKiB = 7_168;
const passes = 5;
const salt = Buffer.from('a-salt-of-parity');
/** Everyone's password, hashed once with Keycloak's default cost: an import of many users would hash for most of a minute. */
export const password = {
  type: 'password',
  secretData: JSON.stringify({
    value: argon2Sync('argon2id', { message: 'password', nonce: salt, parallelism: 1, tagLength: 32, memory: memoryKiB, passes }).toString(
      'base64',
    ),
    salt: salt.toString('base64'),
    additionalParameters: {},
  }),
  credentialData: JSON.stringify({
    hashIterations: passes,
    algorithm: 'argon2',
    additionalParameters: { hashLength: ['32'], memory: [String(memoryKiB)], type: ['id'], version: ['1.3'], parallelism: ['1'] },
  }),
};
