import type { State } from '../cache/contracts.ts';
import { userTags } from '../cache/invalidation-keys.ts';
import type { Clock } from '../model/clock.ts';
import type { Realm, User } from '../model/index.ts';
import type { Logger } from '../observability/logger.ts';
import { isLocked, isPermanentlyLocked } from '../security/brute-force-rules.ts';
import type { PasswordService } from '../security/passwords.ts';
import type { PasswordLogin, PasswordVerdict } from './contracts.ts';
import { createLoginGuard } from './login-guard.ts';

export interface PasswordLoginParts {
  readonly state: Pick<State, 'directory' | 'changes' | 'loginFailures'>;
  readonly passwords: Pick<PasswordService, 'verify' | 'pretend'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** User attribute that says why an administrator did not disable the user himself. */
const DISABLED_REASON = 'disabledReason';
const PERMANENT_LOCKOUT = 'permanentLockout';
const MAX_USERNAME_LENGTH = 255;

/** The user of a login name: by e-mail where the realm allows it and the name looks like one, else by user name. */
async function findUser(parts: PasswordLoginParts, realm: Realm, usernameOrEmail: string): Promise<User | undefined> {
  const name = usernameOrEmail.trim().toLowerCase();
  if (name === '' || name.length > MAX_USERNAME_LENGTH) return undefined;
  const { directory } = parts.state;
  if (realm.loginWithEmailAllowed && name.includes('@')) {
    const byEmail = await directory.userByEmail(realm, name);
    if (byEmail !== undefined) return byEmail;
  }
  return directory.userByUsername(realm, name);
}

/** Check of user name and password with brute-force protection: one decision for the pages and the direct grant. */
export function createPasswordLogin(parts: PasswordLoginParts): PasswordLogin {
  const guard = createLoginGuard();

  /** Switches the user off; a race with an administrator is settled by the version of the row. */
  async function disable(realm: Realm, user: User): Promise<void> {
    try {
      await parts.state.changes.write(async (stores, touch) => {
        const current = await stores.users.byId(realm.id, user.id);
        if (current === undefined || !current.enabled) return;
        await stores.users.update({
          ...current,
          enabled: false,
          attributes: { ...current.attributes, [DISABLED_REASON]: [PERMANENT_LOCKOUT] },
        });
        touch(...userTags(user));
      });
    } catch (error) {
      // The failure counter stays at "permanently locked", which refuses the user by itself; the next failure tries again.
      parts.logger.warn(`User ${user.id} of realm ${realm.realm} is locked but could not be disabled`, { error });
    }
  }

  async function refuse(realm: Realm, user: User, ipAddress: string): Promise<PasswordVerdict> {
    if (realm.bruteForceProtected) {
      const failure = await parts.state.loginFailures.recordFailure(realm, user.id, ipAddress);
      if (isPermanentlyLocked(failure) && user.enabled) await disable(realm, user);
    }
    return { kind: 'invalid', user, event: 'invalid_user_credentials' };
  }

  async function attempt(realm: Realm, user: User, password: string, ipAddress: string): Promise<PasswordVerdict> {
    const failure = realm.bruteForceProtected ? await parts.state.loginFailures.get(realm, user.id) : undefined;
    if (isLocked(failure, parts.clock.nowMs())) {
      await parts.passwords.pretend(realm, password);
      return { kind: 'invalid', user, event: isPermanentlyLocked(failure) ? 'user_disabled' : 'user_temporarily_disabled' };
    }
    if (!(await parts.passwords.verify(realm, user, password))) return refuse(realm, user, ipAddress);
    if (!user.enabled) {
      const lockedOut = user.attributes[DISABLED_REASON]?.includes(PERMANENT_LOCKOUT) === true;
      return lockedOut ? { kind: 'invalid', user, event: 'user_disabled' } : { kind: 'disabled', user };
    }
    if (failure !== undefined) await parts.state.loginFailures.clear(realm, user.id);
    return user.requiredActions.length === 0 ? { kind: 'ok', user } : { kind: 'action-required', user, actions: user.requiredActions };
  }

  return {
    async check(realm, usernameOrEmail, password, ipAddress) {
      const user = await findUser(parts, realm, usernameOrEmail);
      if (user === undefined || user.serviceAccountClientLink !== undefined) {
        await parts.passwords.pretend(realm, password);
        return { kind: 'invalid', user: undefined, event: 'user_not_found' };
      }
      if (!realm.bruteForceProtected) return attempt(realm, user, password, ipAddress);
      const leave = guard.enter(user.id);
      if (leave === undefined) {
        // A second try while the first is still being checked would be a free guess: it is refused unseen, at the usual cost.
        await parts.passwords.pretend(realm, password);
        return { kind: 'invalid', user, event: 'user_temporarily_disabled' };
      }
      try {
        return await attempt(realm, user, password, ipAddress);
      } finally {
        leave();
      }
    },
  };
}
