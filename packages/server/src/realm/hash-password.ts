import type { Credential, Realm } from '../model/index.ts';
import type { HashQueue } from '../security/hash-queue.ts';
import { defaultHasher, hasherOf } from '../security/password-hashing/hashers.ts';
import { passwordPolicy } from '../security/password-policy.ts';

/** Hashes a plain password by the realm's policy into the two texts of a stored credential. */
export type HashPassword = (realm: Realm, password: string) => Promise<Pick<Credential, 'secretData' | 'credentialData'>>;

/** On the bounded queue that logins use too. */
export function createHashPassword(queue: Pick<HashQueue, 'run'>): HashPassword {
  return async (realm, password) => {
    const policy = passwordPolicy(realm.passwordPolicy);
    const hasher = (policy.hashAlgorithm === undefined ? undefined : hasherOf(policy.hashAlgorithm)) ?? defaultHasher;
    const hash = await queue.run(() => hasher.hash(password, policy.hashIterations ?? hasher.defaultIterations));
    return { secretData: JSON.stringify(hash.secret), credentialData: JSON.stringify(hash.data) };
  };
}
