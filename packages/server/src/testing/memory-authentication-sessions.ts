import { randomBytes } from 'node:crypto';
import type { AuthenticationSessions, LoginFailures } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import type { LoginFailure, RootAuthenticationSession } from '../model/index.ts';
import { bruteForceRule } from '../security/login-steps.ts';

/** Root authentication sessions in one map; they live for the longest of the three login lifespans. */
export function memoryAuthenticationSessions(clock: Clock): AuthenticationSessions {
  const roots = new Map<string, RootAuthenticationSession>();
  const live = (realm: Parameters<AuthenticationSessions['get']>[0], id: string): RootAuthenticationSession | undefined => {
    const root = roots.get(id);
    const lifespan = Math.max(realm.accessCodeLifespan, realm.accessCodeLifespanUserAction, realm.accessCodeLifespanLogin);
    return root?.realmId === realm.id && root.timestamp + lifespan > clock.nowSeconds() ? root : undefined;
  };
  return {
    async create(realm, firstTab) {
      const root = {
        id: randomBytes(18).toString('base64url'),
        realmId: realm.id,
        timestamp: clock.nowSeconds(),
        tabs: firstTab === undefined ? {} : { [firstTab.tabId]: firstTab },
      };
      roots.set(root.id, root);
      return root;
    },
    get: async (realm, id) => live(realm, id),
    async update(realm, id, change) {
      const root = live(realm, id);
      const next = root && change(root);
      if (next) roots.set(id, next);
      else roots.delete(id);
      return next;
    },
    async remove(_realm, id) {
      roots.delete(id);
    },
    route: () => undefined,
  };
}

/** Login failures in one map, counted by the real rule. */
export function memoryLoginFailures(clock: Clock): LoginFailures {
  const failures = new Map<string, LoginFailure>();
  const key = (realmId: string, userId: string): string => `${realmId}/${userId}`;
  return {
    get: async (realm, userId) => failures.get(key(realm.id, userId)),
    async count(realm, userId, ipAddress, step) {
      const id = key(realm.id, userId);
      const counted = bruteForceRule.apply(failures.get(id), bruteForceRule.argument(realm, userId, ipAddress, step), clock.nowMs());
      if (counted.failure === undefined) failures.delete(id);
      else failures.set(id, counted.failure);
      return counted;
    },
    async clear(realm, userId) {
      failures.delete(key(realm.id, userId));
    },
    async clearAll(realm) {
      for (const id of failures.keys()) if (id.startsWith(`${realm.id}/`)) failures.delete(id);
    },
  };
}
