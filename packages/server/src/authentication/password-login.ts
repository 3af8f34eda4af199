import type { State } from '../cache/contracts.ts';
import type { Features } from '../config/feature-switches.ts';
import type { Credential, Realm, User } from '../model/index.ts';
import type { PasswordService } from '../security/passwords.ts';
import { secondFactorsAmong } from '../security/second-factor/second-factors.ts';
import type { CredentialStore } from '../store/stores.ts';
import type { PasswordLogin, PasswordVerdict } from './contracts.ts';
import { findUser } from './find-user.ts';
import { createLoginProtection, isLockedOut, type LoginProtectionParts } from './login-protection.ts';
import { mustVerifyEmail, VERIFY_EMAIL } from './required-actions/catalogue.ts';

export interface PasswordLoginParts extends LoginProtectionParts {
  readonly state: LoginProtectionParts['state'] & Pick<State, 'directory'>;
  readonly passwords: Pick<PasswordService, 'verify' | 'pretend'>;
  readonly credentials: Pick<CredentialStore, 'ofUser'>;
  readonly features: Features;
}

/** Check of user name and password with brute-force protection: one decision for the pages and the direct grant. */
export function createPasswordLogin(parts: PasswordLoginParts): PasswordLogin {
  const protection = createLoginProtection(parts);

  function verdictOf(realm: Realm, user: User, secondFactors: ReadonlySet<string>): PasswordVerdict {
    if (!user.enabled) return isLockedOut(user) ? { kind: 'invalid', user, event: 'user_disabled' } : { kind: 'disabled', user };
    const actions = mustVerifyEmail(realm, user) ? [...new Set([...user.requiredActions, VERIFY_EMAIL])] : user.requiredActions;
    return actions.length === 0 ? { kind: 'ok', user, secondFactors } : { kind: 'action-required', user, actions, secondFactors };
  }

  return {
    async check(realm, usernameOrEmail, password, ipAddress) {
      const user = await findUser(parts.state.directory, realm, usernameOrEmail);
      if (user === undefined || user.serviceAccountClientLink !== undefined) {
        await parts.passwords.pretend(realm, password);
        return { kind: 'invalid', user: undefined, event: 'user_not_found' };
      }
      // Read once, and only when it is this login's turn: the password, the count and the flow look at the same rows.
      let read: Promise<readonly Credential[]> | undefined;
      const credentials = () => (read ??= parts.credentials.ofUser(user.id));
      const verify = () => parts.passwords.verify(realm, user, password, credentials);
      const outcome = realm.bruteForceProtected
        ? await protection.guard(
            realm,
            user,
            ipAddress,
            verify,
            async () => secondFactorsAmong(parts.features, await credentials()).size === 0,
          )
        : (await verify())
          ? 'right'
          : 'wrong';
      if (outcome === 'right') return verdictOf(realm, user, secondFactorsAmong(parts.features, await credentials()));
      if (outcome === 'wrong') return { kind: 'invalid', user, event: 'invalid_user_credentials' };
      // Locked: the password is not looked at, and the answer takes as long as if it were.
      await parts.passwords.pretend(realm, password);
      return { kind: 'invalid', user, event: outcome === 'locked-for-good' ? 'user_disabled' : 'user_temporarily_disabled' };
    },

    async checkCode(realm, user, ipAddress, verify) {
      if (!realm.bruteForceProtected) return (await verify()) ? 'right' : 'wrong';
      const outcome = await protection.guard(realm, user, ipAddress, verify);
      return outcome === 'right' || outcome === 'wrong' ? outcome : 'locked';
    },
  };
}
