import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { LoginFailure, Realm } from '../model/index.ts';
import { adminRoutes, parameter } from './admin-route.ts';

/** What brute-force protection holds against a user, and taking it back. */
export function registerAttackDetection(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { loginFailures } = context.state;
  const one = '/attack-detection/brute-force/users/:userId';

  declare(`GET ${one}`, async ({ realm, request }) => {
    const userId = parameter(request, 'userId');
    const user = await context.storage.stores.users.byId(realm.id, userId);
    const failure = realm.bruteForceProtected && user ? await loginFailures.get(realm, userId) : undefined;
    return failureToRepresentation(realm, failure, user?.enabled ?? true, context.clock.nowSeconds());
  });
  declare(`DELETE ${one}`, async ({ realm, request }) => {
    await loginFailures.clear(realm, parameter(request, 'userId'));
  });
  declare('DELETE /attack-detection/brute-force/users', async ({ realm }) => {
    await loginFailures.clearAll(realm);
  });
}

function failureToRepresentation(realm: Realm, failure: LoginFailure | undefined, userEnabled: boolean, nowSeconds: number): unknown {
  const locked = failure !== undefined && failure.failedLoginNotBefore > nowSeconds;
  return {
    failedLoginNotBefore: failure?.failedLoginNotBefore ?? 0,
    numFailures: failure?.numFailures ?? 0,
    numTemporaryLockouts: failure?.numTemporaryLockouts ?? 0,
    disabled: locked || (realm.permanentLockout && !userEnabled),
    numSecondaryAuthFailures: failure?.numSecondaryAuthFailures ?? 0,
    lastIPFailure: failure?.lastIPFailure ?? 'n/a',
    lastFailure: failure?.lastFailure ?? 0,
  };
}
