import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { registerApplications } from './applications.ts';
import { registerCredentials } from './credentials.ts';
import { registerDevices } from './devices.ts';
import { registerLinkedAccounts } from './linked-accounts.ts';
import { registerPersonalData } from './personal-data.ts';
import { registerSessions } from './sessions.ts';

/** What people see and take back by themselves: applications with their consents and offline tokens, and sessions. */
export function registerAccount(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    acceptEmptyBodies(scope);
    registerApplications(scope, context);
    registerSessions(scope, context);
    registerDevices(scope, context);
    registerCredentials(scope, context);
    registerLinkedAccounts(scope, context);
    registerPersonalData(scope, context);
  });
}

/** The account console says of every request that it is JSON, also of those without a body. */
function acceptEmptyBodies(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    if (text === '') done(null, undefined);
    else parse(request, text, done);
  });
}
