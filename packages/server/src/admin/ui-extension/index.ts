import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../../context.ts';
import { registerListedFlows } from './flows.ts';
import { registerRealmNames } from './realm-names.ts';
import { registerRoleChoices } from './role-choices.ts';
import { registerListedSessions } from './sessions.ts';
import { registerListedUsers } from './users.ts';

/** `/ui-ext`: lists that the console shows and that one call of Admin REST does not give. The contract is private to one version of it. */
export function registerUiExtension(app: FastifyInstance, context: ServerContext): void {
  registerRealmNames(app, context);
  registerListedUsers(app, context);
  registerListedSessions(app, context);
  registerListedFlows(app, context);
  registerRoleChoices(app, context);
}
