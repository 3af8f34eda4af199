import { randomUUID } from 'node:crypto';
import type { Clock } from '../model/clock.ts';
import type { Credential, Realm, User } from '../model/index.ts';
import type { Storage, Stores } from '../store/stores.ts';
import type { Passwords } from './contracts.ts';
import type { HashQueue } from './hash-queue.ts';
import { defaultHasher, hasherOf } from './password-hashing/hashers.ts';
import { hashingStrength } from './password-hashing/hashing-strength.ts';
import { type PasswordHash, type PasswordHasher, readPasswordHash } from './password-hashing/password-hash.ts';
import { firstViolation, type PolicyViolation, passwordPolicy } from './password-policy.ts';

const PASSWORD_TYPE = 'password';
const HISTORY_TYPE = 'password-history';
const PASSWORD_PRIORITY = 10;
/** Longer inputs are refused before they are hashed: nobody types them, and they cost. */
export const MAX_PASSWORD_LENGTH = 4_096;

export interface PasswordsParts {
  readonly storage: Storage;
  readonly queue: HashQueue;
  readonly clock: Clock;
  /** Told of every check of a login against a stored hash; labels of the metric of Keycloak's name. */
  readonly checked?: ((check: CheckedPassword) => void) | undefined;
}

export interface CheckedPassword {
  readonly realm: string;
  readonly algorithm: string;
  readonly hashing_strength: string;
  readonly outcome: 'valid' | 'invalid' | 'error';
}

/** Adds what the login needs beyond the contract: a check that costs as much as a real one. */
export interface PasswordService extends Passwords {
  /** Hashes `password` for nothing, so that an unknown user takes as long as a known one. */
  pretend(realm: Realm, password: string): Promise<void>;
}

interface Wanted {
  readonly hasher: PasswordHasher;
  readonly iterations: number;
}

/** What the realm's policy wants new passwords to be hashed with. */
function wantedOf(realm: Realm): Wanted {
  const policy = passwordPolicy(realm.passwordPolicy);
  const hasher = (policy.hashAlgorithm === undefined ? undefined : hasherOf(policy.hashAlgorithm)) ?? defaultHasher;
  return { hasher, iterations: policy.hashIterations ?? hasher.defaultIterations };
}

function byType(credentials: readonly Credential[], type: string): Credential[] {
  return credentials.filter((credential) => credential.type === type);
}

/** Passwords in the database, hashed on the thread pool through the bounded queue. */
export function createPasswords({ storage, queue, clock, checked }: PasswordsParts): PasswordService {
  function texts(hash: PasswordHash): Pick<Credential, 'secretData' | 'credentialData'> {
    return { secretData: JSON.stringify(hash.secret), credentialData: JSON.stringify(hash.data) };
  }

  function check(password: string, credential: Credential): Promise<boolean> {
    const stored = readPasswordHash(credential);
    const hasher = stored === undefined ? undefined : hasherOf(stored.data.algorithm);
    if (stored === undefined || hasher === undefined) return Promise.resolve(false);
    return queue.run(() => hasher.verify(password, stored));
  }

  async function checkCounted(realm: Realm, password: string, credential: Credential): Promise<boolean> {
    const data = readPasswordHash(credential)?.data;
    const count = (outcome: CheckedPassword['outcome']): void => {
      if (data !== undefined)
        checked?.({ realm: realm.realm, algorithm: data.algorithm, hashing_strength: hashingStrength(data), outcome });
    };
    try {
      const valid = await check(password, credential);
      count(valid ? 'valid' : 'invalid');
      return valid;
    } catch (error) {
      count('error');
      throw error;
    }
  }

  async function replace(stores: Stores, realm: Realm, user: User, hash: PasswordHash): Promise<void> {
    const credentials = await stores.credentials.ofUser(user.id);
    const [current, ...extra] = byType(credentials, PASSWORD_TYPE);
    for (const credential of extra) await stores.credentials.remove(user.id, credential.id);
    const fresh = { userId: user.id, createdDate: clock.nowMs(), ...texts(hash) };
    if (current === undefined) {
      await stores.credentials.insert({ id: randomUUID(), type: PASSWORD_TYPE, priority: PASSWORD_PRIORITY, version: 1, ...fresh });
      return;
    }
    await stores.credentials.update({ ...current, ...fresh });
    // `passwordHistory(n)` counts the current password among the n.
    const keep = Math.max(0, passwordPolicy(realm.passwordPolicy).passwordHistory - 1);
    const history = byType(credentials, HISTORY_TYPE).sort((a, b) => b.createdDate - a.createdDate);
    if (keep > 0) await stores.credentials.insert({ ...current, id: randomUUID(), type: HISTORY_TYPE, version: 1 });
    for (const old of history.slice(Math.max(0, keep - 1))) await stores.credentials.remove(user.id, old.id);
  }

  /** A hash made with other parameters than the policy's is made anew while the password is at hand. */
  async function upgrade(realm: Realm, credential: Credential, password: string): Promise<void> {
    const stored = readPasswordHash(credential);
    const { hasher, iterations } = wantedOf(realm);
    if (stored === undefined || (stored.data.algorithm === hasher.algorithm && hasher.isCurrent(stored.data, iterations))) return;
    const hash = await queue.run(() => hasher.hash(password, iterations));
    try {
      await storage.stores.credentials.update({ ...credential, ...texts(hash) });
    } catch {
      // Another login upgraded it, or the password was changed meanwhile: either is newer than this.
    }
  }

  return {
    async set(realm, user, password) {
      const { hasher, iterations } = wantedOf(realm);
      const hash = await queue.run(() => hasher.hash(password, iterations));
      await storage.transaction((stores) => replace(stores, realm, user, hash));
    },

    async violates(realm, user, password): Promise<PolicyViolation | undefined> {
      if (password.length > MAX_PASSWORD_LENGTH) {
        return { message: 'invalidPasswordMaxLengthMessage', parameters: [String(MAX_PASSWORD_LENGTH)] };
      }
      const violation = firstViolation(realm, user, password);
      const { passwordHistory } = passwordPolicy(realm.passwordPolicy);
      if (violation !== undefined || passwordHistory === 0) return violation;
      const credentials = await storage.stores.credentials.ofUser(user.id);
      const old = byType(credentials, HISTORY_TYPE).sort((a, b) => b.createdDate - a.createdDate);
      for (const credential of [...byType(credentials, PASSWORD_TYPE), ...old].slice(0, passwordHistory)) {
        if (await check(password, credential)) {
          return { message: 'invalidPasswordHistoryMessage', parameters: [String(passwordHistory)] };
        }
      }
      return undefined;
    },

    async verify(realm, user, password, credentials = () => storage.stores.credentials.ofUser(user.id)) {
      const [credential] = byType(await credentials(), PASSWORD_TYPE);
      if (credential === undefined || password.length > MAX_PASSWORD_LENGTH) {
        await this.pretend(realm, password);
        return false;
      }
      if (!(await checkCounted(realm, password, credential))) return false;
      await upgrade(realm, credential, password);
      return true;
    },

    async pretend(realm, password) {
      const { hasher, iterations } = wantedOf(realm);
      await queue.run(() => hasher.hash(password.slice(0, MAX_PASSWORD_LENGTH), iterations));
    },
  };
}
