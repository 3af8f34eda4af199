import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { declarePermission } from './permission.ts';
import { protectionRoutes } from './protection-route.ts';
import { declareResourceSet } from './resource-set.ts';
import { declareTickets } from './tickets.ts';
import { declareUmaPolicy } from './uma-policy.ts';

/** The protection API of resource servers (UMA 2.0 Federated Authorization), in a scope of its own: bodies are read as texts. */
export function registerProtection(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    const declare = protectionRoutes(scope, context);
    declareResourceSet(declare);
    declarePermission(declare);
    declareTickets(declare);
    declareUmaPolicy(declare);
  });
}
