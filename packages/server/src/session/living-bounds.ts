import type { Realm } from '../model/index.ts';
import { userSessionIdleSeconds, userSessionMaxSeconds } from '../model/session-expiry.ts';
import type { LivingBounds } from '../store/stores.ts';

/** Beyond every time that the tables can hold. */
const never = 2 ** 31 - 1;

/** What is asked of the tables in place of `isUserSessionExpired`, for sessions of one kind. */
export function livingBounds(realm: Realm, offline: boolean, rememberMe: boolean, nowSeconds: number): LivingBounds {
  if (rememberMe && !offline && !realm.rememberMe) return { refreshedAfter: never, startedAfter: never };
  const maximum = userSessionMaxSeconds(realm, offline, rememberMe);
  return {
    refreshedAfter: inColumn(nowSeconds - userSessionIdleSeconds(realm, offline, rememberMe)),
    startedAfter: inColumn(nowSeconds - maximum),
  };
}

/** Lifespans of centuries reach before the first second that there is. */
function inColumn(seconds: number): number {
  return Math.max(-1, seconds);
}
