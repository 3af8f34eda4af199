import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { HashPassword } from '../realm/hash-password.ts';
import { registerAttackDetection } from './attack-detection.ts';
import { registerCaches } from './caches.ts';
import { registerClientScopeChoice } from './client-scope-choice.ts';
import { registerClientScopes } from './client-scopes.ts';
import { registerClientSessions } from './client-sessions.ts';
import { registerClients } from './clients.ts';
import { registerComponents } from './components.ts';
import { registerDefaultGroups } from './default-groups.ts';
import { registerEventsConfig } from './events-config.ts';
import { registerGroups } from './groups.ts';
import { registerKeys } from './keys.ts';
import { registerRealmSessions } from './realm-sessions.ts';
import { registerRealms } from './realms.ts';
import { registerRoles } from './roles.ts';
import type { ServerFacts } from './server-facts.ts';
import { registerServerInfo } from './server-info.ts';
import { registerUserCredentials } from './user-credentials.ts';
import { registerUserGroups } from './user-groups.ts';
import { registerUserSessions } from './user-sessions.ts';
import { registerUsers } from './users.ts';
import { registerWhoami } from './whoami.ts';

/** What Admin REST needs beside the context. */
export interface AdminExtras extends ServerFacts {
  /** Hashes the passwords of users that are created or imported, on the queue that logins use. */
  readonly hashPassword: HashPassword;
}

/** Admin REST, in a scope of its own: there every body is read as a text, and judged by the endpoint. */
export function registerAdmin(app: FastifyInstance, context: ServerContext, extras: AdminExtras): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    registerServerInfo(scope, context, extras);
    registerWhoami(scope, context);
    registerRealms(scope, context, extras.hashPassword);
    registerRealmSessions(scope, context);
    registerEventsConfig(scope, context);
    registerKeys(scope, context);
    registerComponents(scope, context);
    registerCaches(scope, context);
    registerAttackDetection(scope, context);
    registerDefaultGroups(scope, context);
    registerClients(scope, context);
    registerClientSessions(scope, context);
    registerClientScopes(scope, context);
    registerClientScopeChoice(scope, context);
    registerRoles(scope, context);
    registerGroups(scope, context);
    registerUsers(scope, context, extras.hashPassword);
    registerUserCredentials(scope, context);
    registerUserGroups(scope, context);
    registerUserSessions(scope, context);
  });
}
