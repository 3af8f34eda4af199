import { describe, expect, it } from 'vitest';
import type { Credential, Realm } from '../model/index.ts';
import type { Storage, Stores } from '../store/stores.ts';
import { realmFixture, userFixture } from '../testing/fixtures.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { createHashQueue } from './hash-queue.ts';
import { pbkdf2Sha256 } from './password-hashing/pbkdf2.ts';
import { createPasswords, MAX_PASSWORD_LENGTH } from './passwords.ts';

/** Iterations are kept low: what is tested is which hash is used, not how slow it is. */
function setup(passwordPolicy = 'hashIterations(1)') {
  const realm: Realm = realmFixture({ passwordPolicy });
  const user = userFixture(realm);
  const rows: Credential[] = [];
  const stores = {
    credentials: {
      ofUser: async (userId: string) => rows.filter((row) => row.userId === userId),
      insert: async (credential: Credential) => void rows.push(credential),
      async update(credential: Credential) {
        rows[rows.findIndex((row) => row.id === credential.id)] = credential;
        return credential;
      },
      async remove(_userId: string, id: string) {
        rows.splice(
          rows.findIndex((row) => row.id === id),
          1,
        );
        return true;
      },
    },
  } as unknown as Stores;
  const storage: Storage = { stores, transaction: (work) => work(stores), close: async () => undefined };
  const clock = new ManualClock();
  return { realm, user, rows, clock, passwords: createPasswords({ storage, queue: createHashQueue(2, 100), clock }) };
}

const algorithmOf = (row: Credential | undefined) => (JSON.parse(row?.credentialData ?? '{}') as { algorithm?: string }).algorithm;

describe('passwords', () => {
  it('are stored as one argon2 credential, which a new password replaces', async () => {
    const { passwords, realm, user, rows } = setup();
    await passwords.set(realm, user, 'first');
    await passwords.set(realm, user, 'second');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ type: 'password', userId: user.id });
    expect(algorithmOf(rows[0])).toBe('argon2');
    expect(await passwords.verify(realm, user, 'first')).toBe(false);
    expect(await passwords.verify(realm, user, 'second')).toBe(true);
  });

  it('of imported users are verified and made anew at login', async () => {
    const { passwords, realm, user, rows } = setup();
    const hash = await pbkdf2Sha256.hash('old', 2);
    const texts = { secretData: JSON.stringify(hash.secret), credentialData: JSON.stringify(hash.data) };
    rows.push({ id: 'c', userId: user.id, type: 'password', createdDate: 1, priority: 10, version: 1, ...texts });
    expect(await passwords.verify(realm, user, 'wrong')).toBe(false);
    expect(algorithmOf(rows[0])).toBe('pbkdf2-sha256');
    expect(await passwords.verify(realm, user, 'old')).toBe(true);
    expect(algorithmOf(rows[0])).toBe('argon2');
    expect(await passwords.verify(realm, user, 'old')).toBe(true);
  });

  it('use the hash that the policy names', async () => {
    const { passwords, realm, user, rows } = setup('hashAlgorithm(pbkdf2-sha512) and hashIterations(3)');
    await passwords.set(realm, user, 'x');
    expect(JSON.parse(rows[0]?.credentialData ?? '')).toEqual({
      hashIterations: 3,
      algorithm: 'pbkdf2-sha512',
      additionalParameters: {},
    });
  });

  it('are wrong for a user without one, and for inputs that nobody types', async () => {
    const { passwords, realm, user } = setup();
    expect(await passwords.verify(realm, user, 'x')).toBe(false);
    await passwords.set(realm, user, 'x');
    expect(await passwords.verify(realm, user, 'x'.repeat(MAX_PASSWORD_LENGTH + 1))).toBe(false);
  });

  it('may not be one of the last where the policy keeps a history', async () => {
    const { passwords, realm, user, rows, clock } = setup('hashIterations(1) and passwordHistory(2)');
    for (const password of ['one', 'two', 'three']) {
      await passwords.set(realm, user, password);
      clock.advanceSeconds(1);
    }
    expect(rows.map((row) => row.type).sort()).toEqual(['password', 'password-history']);
    expect((await passwords.violates(realm, user, 'three'))?.message).toBe('invalidPasswordHistoryMessage');
    expect((await passwords.violates(realm, user, 'two'))?.message).toBe('invalidPasswordHistoryMessage');
    expect(await passwords.violates(realm, user, 'one')).toBeUndefined();
  });

  it('that are too long for anyone break the policy', async () => {
    const { passwords, realm, user } = setup('');
    expect((await passwords.violates(realm, user, 'x'.repeat(MAX_PASSWORD_LENGTH + 1)))?.message).toBe('invalidPasswordMaxLengthMessage');
    expect(await passwords.violates(realm, user, 'x')).toBeUndefined();
  });
});
