import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { SingleUseObjects } from '../../cache/contracts.ts';
import { type Features, isSwitchedOff } from '../../config/feature-switches.ts';
import { ServerError } from '../../http/errors.ts';
import type { Clock } from '../../model/clock.ts';
import type { Credential, Realm, User } from '../../model/index.ts';
import type { CredentialStore } from '../../store/stores.ts';
import { counterOf } from './otp-code.ts';
import { credentialDataOf, otpPolicy, storedOtp } from './otp-policy.ts';

/** Types of credentials that come after the password, as they are stored. */
export const SECOND_FACTOR = { otp: 'otp', recovery: 'recovery-authn-codes' } as const;

/** Authenticators of a login besides the password, kept as credentials of the user in Keycloak's shape. */
export interface SecondFactors {
  /** Types that the user has set up. */
  configured(user: Pick<User, 'id'>): Promise<ReadonlySet<string>>;
  /** Authenticator devices of a user. */
  devices(user: Pick<User, 'id'>): Promise<readonly { readonly id: string; readonly label: string }[]>;
  /** Whether the code is right, and was not used before where the realm wants that. @param credentialId undefined = any device */
  checkOtp(realm: Realm, user: Pick<User, 'id'>, code: string, credentialId?: string): Promise<boolean>;
  /** Whether a code fits a secret that is not stored yet. */
  fits(realm: Realm, secret: string, code: string): number | undefined;
  /** @param counter the counter of the code that was shown to fit */
  addOtp(realm: Realm, user: Pick<User, 'id'>, secret: string, label: string, counter: number): Promise<void>;
  /** Number of the recovery code that is asked for; undefined where none is left. */
  nextRecovery(user: Pick<User, 'id'>): Promise<number | undefined>;
  checkRecovery(user: Pick<User, 'id'>, code: string): Promise<boolean>;
  replaceRecovery(user: Pick<User, 'id'>, codes: readonly string[], label: string): Promise<void>;
}

export interface SecondFactorParts {
  readonly credentials: CredentialStore;
  readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent'>;
  readonly clock: Clock;
  readonly features: Features;
}

interface RecoveryCode {
  readonly number: number;
  readonly encodedHashedValue: string;
}

const PRIORITY = 20;
const RECOVERY_ALGORITHM = 'SHA-512';

/** Types of second factors among the credentials of a user; those of a feature that is off are none. */
export function secondFactorsAmong(features: Features, credentials: readonly Pick<Credential, 'type'>[]): ReadonlySet<string> {
  const types = new Set<string>(Object.values(SECOND_FACTOR).filter((type) => !isSwitchedOff(features, 'credential', type)));
  return new Set(credentials.map(({ type }) => type).filter((type) => types.has(type)));
}

export function createSecondFactors({ credentials, singleUse, clock, features }: SecondFactorParts): SecondFactors {
  const ofType = async ({ id }: Pick<User, 'id'>, type: string): Promise<Credential[]> =>
    (await credentials.ofUser(id)).filter((credential) => credential.type === type);

  async function takes(realm: Realm, credential: Credential, code: string): Promise<boolean> {
    const stored = storedOtp(credential);
    if (stored === undefined) return false;
    const { settings, secret } = stored;
    const policy = otpPolicy(realm);
    const counter = counterOf(settings, secret, code, policy.window, clock.nowMs());
    if (counter === undefined) return false;
    if (settings.type === 'hotp') {
      // Guarded by the version: of two logins with one code the first moves the counter on.
      return changed(() => credentials.update({ ...credential, credentialData: credentialDataOf({ ...settings, counter: counter + 1 }) }));
    }
    if (policy.reusable) return true;
    return singleUse.putIfAbsent(`otp:${credential.id}:${counter}`, settings.periodSeconds * (2 * policy.window + 2));
  }

  const recoveryOf = async (user: Pick<User, 'id'>) => {
    const [credential] = await ofType(user, SECOND_FACTOR.recovery);
    if (credential === undefined) return undefined;
    const { codes = [] } = JSON.parse(credential.secretData) as { readonly codes?: readonly RecoveryCode[] };
    const data = JSON.parse(credential.credentialData) as Readonly<Record<string, unknown>>;
    return { credential, codes, data };
  };

  return {
    async configured(user) {
      return secondFactorsAmong(features, await credentials.ofUser(user.id));
    },

    async devices(user) {
      return (await ofType(user, SECOND_FACTOR.otp)).map(({ id, userLabel = '' }) => ({ id, label: userLabel }));
    },

    async checkOtp(realm, user, code, credentialId) {
      for (const credential of await ofType(user, SECOND_FACTOR.otp)) {
        if (credentialId !== undefined && credential.id !== credentialId) continue;
        if (await takes(realm, credential, code)) return true;
      }
      return false;
    },

    fits(realm, secret, code) {
      const policy = otpPolicy(realm);
      return counterOf(policy, Buffer.from(secret, 'utf8'), code, policy.window, clock.nowMs());
    },

    async addOtp(realm, user, secret, label, counter) {
      const policy = otpPolicy(realm);
      await credentials.insert({
        id: randomUUID(),
        userId: user.id,
        type: SECOND_FACTOR.otp,
        ...(label === '' ? {} : { userLabel: label }),
        createdDate: clock.nowMs(),
        secretData: JSON.stringify({ value: secret }),
        credentialData: credentialDataOf({ ...policy, counter: policy.type === 'hotp' ? counter + 1 : policy.counter }),
        priority: PRIORITY,
        version: 0,
      });
    },

    async nextRecovery(user) {
      return (await recoveryOf(user))?.codes[0]?.number;
    },

    async checkRecovery(user, code) {
      const found = await recoveryOf(user);
      const [next, ...rest] = found?.codes ?? [];
      if (found === undefined || next === undefined || !sameHash(next.encodedHashedValue, recoveryHash(code))) return false;
      if (rest.length === 0) return credentials.remove(user.id, found.credential.id);
      const credentialData = JSON.stringify({ ...found.data, remainingCodes: rest.length });
      return changed(() => credentials.update({ ...found.credential, secretData: JSON.stringify({ codes: rest }), credentialData }));
    },

    async replaceRecovery(user, codes, label) {
      for (const { id } of await ofType(user, SECOND_FACTOR.recovery)) await credentials.remove(user.id, id);
      const hashed = codes.map((code, index): RecoveryCode => ({ number: index + 1, encodedHashedValue: recoveryHash(code) }));
      await credentials.insert({
        id: randomUUID(),
        userId: user.id,
        type: SECOND_FACTOR.recovery,
        userLabel: label,
        createdDate: clock.nowMs(),
        secretData: JSON.stringify({ codes: hashed }),
        credentialData: JSON.stringify({ algorithm: RECOVERY_ALGORITHM, totalCodes: codes.length, remainingCodes: codes.length }),
        priority: PRIORITY + 10,
        version: 0,
      });
    },
  };
}

/** False where another login was faster. */
async function changed(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ServerError && error.code === 'KG_STORE_CONFLICT') return false;
    throw error;
  }
}

/** Codes are shown in groups; however they are typed, the same characters count. */
function recoveryHash(code: string): string {
  const plain = code.replace(/[\s-]/g, '').toUpperCase();
  return createHash('sha512').update(plain).digest('base64');
}

function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
