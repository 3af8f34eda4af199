import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { LoginFailure, Realm, User } from '../model/index.ts';
import { adminRoutes, parameter } from './admin-route.ts';

/** What brute-force protection holds against a user, and taking it back. */
export function registerAttackDetection(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { loginFailures } = context.state;
  const one = '/attack-detection/brute-force/users/:userId';

  declare(`GET ${one}`, async ({ realm, request }) => {
    const userId = parameter(request, 'userId');
    const user = await context.storage.stores.users.byId(realm.id, userId);
    return bruteForceStatus(context, realm, user ?? { id: userId, enabled: true });
  });
  declare(`DELETE ${one}`, async ({ realm, request }) => {
    await loginFailures.clear(realm, parameter(request, 'userId'));
  });
  declare('DELETE /attack-detection/brute-force/users', async ({ realm }) => {
    await loginFailures.clearAll(realm);
  });
}

/** What is held against a user now. */
export async function bruteForceStatus(context: ServerContext, realm: Realm, user: Pick<User, 'id' | 'enabled'>): Promise<unknown> {
  const failure = realm.bruteForceProtected ? await context.state.loginFailures.get(realm, user.id) : undefined;
  return failureToRepresentation(realm, failure, user.enabled, context.clock.nowSeconds());
}

function failureToRepresentation(realm: Realm, failure: LoginFailure | undefined, userEnabled: boolean, nowSeconds: number): unknown {
  const locked = failure !== undefined && failure.failedLoginNotBefore > nowSeconds;
  return {
    failedLoginNotBefore: failure?.failedLoginNotBefore ?? 0,
    numFailures: failure?.numFailures ?? 0,
    numTemporaryLockouts: failure?.numTemporaryLockouts ?? 0,
    disabled: locked || (failure !== undefined && realm.permanentLockout && !userEnabled),
    numSecondaryAuthFailures: failure?.numSecondaryAuthFailures ?? 0,
    lastIPFailure: failure?.lastIPFailure || 'n/a',
    lastFailure: failure?.lastFailure ?? 0,
  };
}
