import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import { masterRealm } from '../realm/realm-defaults.ts';
import { DEFAULT_LOCALE } from '../theme/locale.ts';
import { sendConsolePage } from './console-page.ts';

const CLIENT_ID = 'security-admin-console';

/** The admin console of a realm: /admin/{realm}/console/. The bare addresses lead to master's. */
export function registerAdminPage(app: FastifyInstance, context: ServerContext): void {
  for (const url of ['/admin', '/admin/']) {
    app.get(url, (request, reply) => reply.redirect(`${requestContext(request).adminBaseUrl}/admin/${masterRealm}/console/`));
  }
  app.get('/admin/:realm/console', (request, reply) =>
    reply.redirect(`${requestContext(request).adminBaseUrl}/admin/${encodeURIComponent(realmOf(request))}/console/`),
  );
  app.get('/admin/:realm/console/', async (request, reply) => {
    const realm = await context.state.directory.realmByName(realmOf(request));
    if (realm === undefined) throw new ReplyError(404, { error: 'Realm not found.' });
    const { baseUrl, adminBaseUrl } = requestContext(request);
    return sendConsolePage(reply, {
      console: 'admin',
      // Whose language it is to be is known after the login only.
      locale: DEFAULT_LOCALE,
      serverUrls: [baseUrl, adminBaseUrl],
      pathPrefix: new URL(adminBaseUrl).pathname.replace(/\/+$/, ''),
      environment: {
        serverBaseUrl: baseUrl,
        adminBaseUrl,
        authUrl: baseUrl,
        authServerUrl: baseUrl,
        realm: realm.realm,
        clientId: CLIENT_ID,
        consoleBaseUrl: `${new URL(adminBaseUrl).pathname.replace(/\/+$/, '')}/admin/${encodeURIComponent(realm.realm)}/console/`,
        masterRealm,
      },
    });
  });
}

function realmOf({ params }: FastifyRequest): string {
  return (params as { realm?: string }).realm ?? '';
}
