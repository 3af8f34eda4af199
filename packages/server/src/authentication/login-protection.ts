import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoginCount, LoginStep, State } from '../cache/contracts.ts';
import { userTags } from '../cache/invalidation-keys.ts';
import type { Events } from '../events/events.ts';
import type { LoginFailure, Realm, User } from '../model/index.ts';
import type { Logger } from '../observability/logger.ts';
import { isPermanentlyLocked } from '../security/brute-force-rules.ts';
import { createLoginGuard, loginBusy } from './login-guard.ts';

export interface LoginProtectionParts {
  readonly state: Pick<State, 'changes' | 'loginFailures'>;
  readonly events: Events;
  readonly logger: Logger;
}

export type GuardedOutcome = 'right' | 'wrong' | 'locked' | 'locked-for-good';

export interface LoginProtection {
  /**
   * Looks at a password under brute-force protection: reserves a try at the counter, looks, and says there how it went.
   * Where the counter cannot be reached no password is looked at.
   * @param clears whether the right answer ends the login; where more is asked for, earlier failures go on to count
   * @throws ServerError KG_STATE_UNAVAILABLE, KG_LOGIN_BUSY (both 503)
   */
  guard(
    realm: Realm,
    user: User,
    ipAddress: string,
    verify: () => Promise<boolean>,
    clears?: () => Promise<boolean>,
  ): Promise<GuardedOutcome>;
}

/** User attribute that says why an administrator did not disable the user himself. */
export const DISABLED_REASON = 'disabledReason';
const PERMANENT_LOCKOUT = 'permanentLockout';
/** How often and how long to ask again while tries of other nodes are under way. */
const BUSY_WAIT_MS = 25;
const MAX_BUSY_WAITS = 120;

/** Whether brute-force protection disabled the user. */
export function isLockedOut(user: User): boolean {
  return user.attributes[DISABLED_REASON]?.includes(PERMANENT_LOCKOUT) === true;
}

/** The attributes of a user whom an administrator enables again. */
export function withoutLockout(attributes: User['attributes']): User['attributes'] {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== DISABLED_REASON));
}

/** Brute-force protection of password checks; see docs/adr/0006. */
export function createLoginProtection({ state, events, logger }: LoginProtectionParts): LoginProtection {
  const turns = createLoginGuard();

  /** Reserves a try; waits while as many are under way elsewhere as may fail. */
  async function begin(realm: Realm, user: User, ipAddress: string, tryId: string): Promise<LoginCount> {
    for (let wait = 0; wait < MAX_BUSY_WAITS; wait += 1) {
      const count = await state.loginFailures.count(realm, user.id, ipAddress, { kind: 'begin', tryId });
      if (count.verdict !== 'busy') return count;
      await sleep(BUSY_WAIT_MS);
    }
    throw loginBusy(user.id);
  }

  /** Says how a try went. It never fails a login: a try that nobody ends counts as failed when its time is over. */
  async function end(realm: Realm, user: User, ipAddress: string, step: LoginStep): Promise<LoginCount | undefined> {
    try {
      return await state.loginFailures.count(realm, user.id, ipAddress, step);
    } catch (error) {
      logger.warn(`The outcome of a login of user ${user.id} of realm ${realm.realm} could not be counted`, { error });
      return undefined;
    }
  }

  /** Switches the user off; a race with an administrator is settled by the version of the row. */
  async function disable(realm: Realm, user: User): Promise<void> {
    try {
      await state.changes.write(async (stores, touch) => {
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
      logger.warn(`User ${user.id} of realm ${realm.realm} is locked but could not be disabled`, { error });
    }
  }

  function announce(realm: Realm, user: User, ipAddress: string, failure: LoginFailure): void {
    const forGood = isPermanentlyLocked(failure);
    const until = new Date(failure.failedLoginNotBefore * 1_000);
    events.emit({
      type: forGood ? 'USER_DISABLED_BY_PERMANENT_LOCKOUT' : 'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
      realmId: realm.id,
      realmName: realm.realm,
      userId: user.id,
      ipAddress,
      details: {
        reason: 'brute_force_attack detected',
        ...(forGood ? {} : { not_before: until.toISOString().slice(0, 19) }),
        num_failures: String(failure.numFailures),
      },
    });
  }

  async function failed(realm: Realm, user: User, ipAddress: string, tryId: string): Promise<void> {
    const count = await end(realm, user, ipAddress, { kind: 'fail', tryId });
    if (count?.failure === undefined) return;
    if (count.verdict === 'locked') announce(realm, user, ipAddress, count.failure);
    if (isPermanentlyLocked(count.failure) && user.enabled) await disable(realm, user);
  }

  return {
    async guard(realm, user, ipAddress, verify, clears = async () => true) {
      const leave = await turns.enter(user.id);
      try {
        const tryId = randomUUID();
        const begun = await begin(realm, user, ipAddress, tryId);
        if (begun.verdict === 'locked') return isPermanentlyLocked(begun.failure) ? 'locked-for-good' : 'locked';
        let right: boolean;
        try {
          right = await verify();
        } catch (error) {
          // Overload is no guess.
          await end(realm, user, ipAddress, { kind: 'release', tryId });
          throw error;
        }
        if (!right) await failed(realm, user, ipAddress, tryId);
        else await end(realm, user, ipAddress, { kind: user.enabled && (await clears()) ? 'succeed' : 'release', tryId });
        return right ? 'right' : 'wrong';
      } finally {
        leave();
      }
    },
  };
}
