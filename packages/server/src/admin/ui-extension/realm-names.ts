import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../../context.ts';
import { adminRoutes } from '../admin-route.ts';
import { rolesOverAll } from '../administrator.ts';
import { anyAdministrator, isMet } from '../endpoint-permissions.ts';
import { paged, pageOf, queryText } from '../query.ts';

/** The realms that the administrator may switch to. */
export function registerRealmNames(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  declare('GET /ui-ext/realms/names', async ({ request, admin }) => {
    const search = queryText(request, 'search')?.trim().toLowerCase() ?? '';
    const over = await rolesOverAll(context, admin);
    const shown = (await context.storage.stores.realms.briefs())
      .filter((realm) => isMet(anyAdministrator, over(realm)))
      .filter(({ realm, displayName }) => `${realm}\n${displayName ?? ''}`.toLowerCase().includes(search))
      .map(({ realm, displayName }) => ({ name: realm, ...(displayName === undefined ? {} : { displayName }) }));
    return paged(shown, pageOf(request));
  });
  declare('GET /ui-ext/available-event-listeners', async () => [{ id: 'jboss-logging' }]);
}
