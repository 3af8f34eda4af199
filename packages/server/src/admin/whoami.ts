import type { FastifyInstance } from 'fastify';
import { COOKIE } from '../authentication/browser-cookies.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { masterRealm } from '../realm/realm-defaults.ts';
import { LOCALE_ATTRIBUTE } from '../realm/user-profile/profile.ts';
import { localeFor } from '../theme/locale.ts';
import { parameter } from './admin-route.ts';
import { administratorOf, mayCreateRealms, rolesOver } from './administrator.ts';
import { notFound } from './answers.ts';
import { queryText } from './query.ts';

/** The client of the admin console; only its tokens may ask. */
const CONSOLE_CLIENT = 'security-admin-console';

/** GET /admin/{realm}/console/whoami: who is logged in to the console and what there is to administer. */
export function registerWhoami(app: FastifyInstance, context: ServerContext): void {
  app.get('/admin/:realm/console/whoami', async (request, reply) => {
    reply.header('cache-control', 'no-cache');
    const { directory } = context.state;
    if (!(await directory.realmByName(parameter(request, 'realm')))) throw notFound('Realm not found.');
    const admin = await administratorOf(context, request);
    if (admin.realm.realm !== parameter(request, 'realm')) throw new ReplyError(401, { error: 'HTTP 401 Unauthorized' });
    if (admin.client.clientId !== CONSOLE_CLIENT) {
      throw new ReplyError(403, { error: `Token issued for an application that is not the admin console: ${admin.client.clientId}` });
    }
    // Only master's administrators have a choice.
    const current = admin.realm.realm === masterRealm ? queryText(request, 'currentRealm') : undefined;
    const realm = current === undefined ? admin.realm : await directory.realmByName(current);
    const held = realm === undefined ? new Set<string>() : await rolesOver(context, admin, realm);
    const createRealm = await mayCreateRealms(context, admin);
    if (realm === undefined || (held.size === 0 && !createRealm)) throw new ReplyError(403, { error: 'No realm access' });
    const { user } = admin;
    const fullName = [user.firstName, user.lastName].filter((part) => part !== undefined && part !== '').join(' ');
    return {
      userId: user.id,
      realm: admin.realm.realm,
      displayName: fullName === '' ? user.username : fullName,
      locale: localeFor(admin.realm, {
        ofUser: user.attributes[LOCALE_ATTRIBUTE]?.[0],
        cookie: request.cookies[COOKIE.locale],
        acceptLanguage: request.headers['accept-language'],
      }),
      createRealm,
      realm_access: held.size === 0 ? {} : { [realm.realm]: [...held] },
      temporary: user.attributes['is_temporary_admin']?.[0] === 'true',
    };
  });
}
