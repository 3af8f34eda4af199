import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../../context.ts';
import { adminRoutes } from '../admin-route.ts';
import { bruteForceStatus } from '../attack-detection.ts';
import { DEFAULT_PAGE_SIZE, pageOf, queryFlag } from '../query.ts';
import { userToListed } from '../user-answers.ts';
import { userQueryOf } from '../user-query.ts';

/** The list of users with what brute-force protection holds against each. */
export function registerListedUsers(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { stores } = context.storage;
  // Where users come from elsewhere the console waits for a search before it lists them.
  declare('GET /ui-ext/info', async () => ({ userProfileProvidersEnabled: false }));
  declare('GET /ui-ext/brute-force-user', async ({ request, realm, held }) => {
    if (!held.has('view-users') && !held.has('manage-users')) return [];
    const found = await stores.users.list(realm.id, { ...userQueryOf(request), ...pageOf(request, DEFAULT_PAGE_SIZE) });
    const short = queryFlag(request, 'briefRepresentation') ?? false;
    const access = { manage: held.has('manage-users') };
    return Promise.all(
      found.map(async (user) => ({ ...userToListed(user, short), access, bruteForceStatus: await bruteForceStatus(context, realm, user) })),
    );
  });
}
