import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type FeatureSwitch, type Features, switchOf } from '../config/feature-switches.ts';
import { ReplyError } from './errors.ts';

/** What is told of a feature that is off, where more than 404 is told. */
export const notEnabled = (): ReplyError =>
  new ReplyError(501, { error: 'Feature not enabled', error_description: 'For more on this error consult the server log.' });

function refusal({ answer }: FeatureSwitch): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async (_request, reply) => {
    if (answer === 'nothing') return reply.code(204).send();
    if (answer === 'no-brokering-api') throw new ReplyError(400, { errorMessage: 'Identity Brokering API feature not enabled' });
    throw answer === 'not-enabled' ? notEnabled() : new ReplyError(404, { error: 'HTTP 404 Not Found' });
  };
}

/**
 * Takes the addresses of features that are off away from the routes that are declared afterwards; those of others cost nothing. Admin REST says
 * 501 itself, and only to those whom it would have answered.
 */
export function refuseSwitchedOff(app: FastifyInstance, features: Features): void {
  if (features.off.length === 0) return;
  app.addHook('onRoute', (route) => {
    const url = route.url.slice(route.prefix.length);
    const found = switchOf(features, url);
    if (found === undefined || (found.answer === 'not-enabled' && url.startsWith('/admin/'))) return;
    // Before a body is read: nothing that is sent there is of interest.
    route.onRequest = refusal(found);
  });
}
