import { describe, expect, it } from 'vitest';
import type { Credential } from '../../model/index.ts';
import { argon2 } from './argon2.ts';
import { hasherOf } from './hashers.ts';
import { readPasswordHash } from './password-hash.ts';
import { pbkdf2Sha256, pbkdf2Sha512 } from './pbkdf2.ts';

function credential(credentialData: string, secretData: string): Credential {
  return { id: 'c', userId: 'u', type: 'password', createdDate: 0, secretData, credentialData, priority: 10, version: 1 };
}

describe('argon2', () => {
  it('stores a password in the documented form and verifies it', async () => {
    const stored = await argon2.hash('s3cret', 5);
    expect(stored.data).toEqual({
      hashIterations: 5,
      algorithm: 'argon2',
      additionalParameters: { hashLength: ['32'], memory: ['7168'], type: ['id'], version: ['1.3'], parallelism: ['1'] },
    });
    expect(Buffer.from(stored.secret.value, 'base64')).toHaveLength(32);
    expect(Buffer.from(stored.secret.salt, 'base64')).toHaveLength(16);
    expect(await argon2.verify('s3cret', stored)).toBe(true);
    expect(await argon2.verify('s3cretx', stored)).toBe(false);
  });

  it('salts each hash anew', async () => {
    const [a, b] = await Promise.all([argon2.hash('x', 1), argon2.hash('x', 1)]);
    expect(a.secret.value).not.toBe(b.secret.value);
  });

  it('refuses stored parameters that would stop the node instead of running them', async () => {
    const stored = await argon2.hash('x', 1);
    const greedy = { ...stored, data: { ...stored.data, additionalParameters: { memory: ['99999999'] } } };
    expect(await argon2.verify('x', greedy)).toBe(false);
  });

  it('knows when a stored hash no longer matches what would be made now', async () => {
    const stored = await argon2.hash('x', 1);
    expect(argon2.isCurrent(stored.data, 1)).toBe(true);
    expect(argon2.isCurrent(stored.data, 5)).toBe(false);
  });
});

describe('pbkdf2', () => {
  // RFC 7914 section 11, first vector, 64 bytes of PBKDF2-HMAC-SHA-256 with one iteration.
  const vector = Buffer.from(
    '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
    'hex',
  );

  it('verifies a known vector in the stored form of an imported user', async () => {
    const stored = readPasswordHash(
      credential(
        '{"hashIterations":1,"algorithm":"pbkdf2-sha256","additionalParameters":{}}',
        JSON.stringify({ value: vector.toString('base64'), salt: Buffer.from('salt').toString('base64') }),
      ),
    );
    if (stored === undefined) throw new Error('unreadable');
    expect(await pbkdf2Sha256.verify('passwd', stored)).toBe(true);
    expect(await pbkdf2Sha256.verify('passwd2', stored)).toBe(false);
  });

  it('verifies what it made, with 64 bytes for SHA-512', async () => {
    const stored = await pbkdf2Sha512.hash('p', 3);
    expect(Buffer.from(stored.secret.value, 'base64')).toHaveLength(64);
    expect(await pbkdf2Sha512.verify('p', stored)).toBe(true);
  });

  it.each([0, -1, 1.5, 1e12, Number.NaN])('refuses %s iterations', async (hashIterations) => {
    const stored = await pbkdf2Sha512.hash('p', 1);
    expect(await pbkdf2Sha512.verify('p', { ...stored, data: { ...stored.data, hashIterations } })).toBe(false);
  });
});

it('finds hashers by the names that credentials carry', () => {
  expect(['argon2', 'pbkdf2-sha512', 'pbkdf2-sha256', 'pbkdf2'].every((name) => hasherOf(name) !== undefined)).toBe(true);
  expect(hasherOf('md5')).toBeUndefined();
});

it.each([
  ['not json', '{}'],
  ['[]', '{}'],
  ['{"algorithm":"argon2"}', '{}'],
  ['{}', '{"value":"a","salt":"b"}'],
])('treats a broken credential (%s, %s) as unusable', (data, secret) => {
  expect(readPasswordHash(credential(data, secret))).toBeUndefined();
});
